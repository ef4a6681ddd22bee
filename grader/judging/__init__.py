"""From a claim and the worlds to a finding: right, or wrong and why.

The way of an answer, from station to station:

    question                what is asked, and in which worlds (a `case` each): made ready once for all answers
    entry_by_entry, slips   texts that give entries one by one, or mean nothing as they stand
    sides, meanings         what stands on which side, and what it may mean
    formulas, numbers       the judges: by `values` in the worlds, by the digits of a `typed` number (`closeness`)
    derivations/            the judge of a whole way, line by line
    diagnosis               why it is wrong: `recognising/` a misconception, else `evidence/`; `credit` by entry
    follow_through/         whether it is right given the student's own answers to earlier parts
    finding                 what became of it; `grader.judge` makes the verdict of it
"""
