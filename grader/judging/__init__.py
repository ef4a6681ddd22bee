"""From a claim and the worlds to a finding: right, or wrong and why.

The way of an answer, from station to station:

    question                what is asked, and in which worlds (a `case` each), ready for all answers
    entry_by_entry, slips   texts that give entries one by one, or mean nothing as they stand
    sides, meanings         what stands on which side, and what it may mean
    objections              what no answer may do, whatever its value
    formulas                judged by their `values` in the worlds
    numbers                 judged by the digits that a `typed` number shows (`closeness`)
    derivations/            judged line by line
    diagnosis               why it is wrong: `recognising/` a misconception, else `evidence/`; `credit`
    follow_through/         whether it is right given the student's own answers to earlier parts
    finding                 what became of it; `grader.judge` makes the verdict of it
"""
