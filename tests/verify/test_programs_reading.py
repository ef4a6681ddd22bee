"""Reading code gives what running it gives, or does not know; and it ends, whatever the code."""

from __future__ import annotations

import ast
import contextlib
import io
import time
from typing import Any

import numpy as np
import pytest

from grader.chapter.programs.expressions import EXPRESSIONS
from grader.chapter.programs.reader import ELSEWHERE, Reader
from grader.chapter.programs.statements import STATEMENTS
from grader.chapter.programs.values import Unknown
from grader.proofread import verify

PROGRAMS = {
    "views and copies of arrays": """
import numpy as np
a=np.array([1.,2.,3.]); b=a; b+=1; c=a[1:]; c*=10; d=a.copy(); d-=1; a[0]=99
m=np.zeros((2,2)); r=m[0]; r[1]=5; t=m.T; t[0,1]=7
""",
    "lists that are shared": """
x=[1,2]; y=x; y+=[3]; z=x+[4]; z.append(5); w=x[:]; w.append(9); x[0]=7
q=[x,x]; q[0].append(1)
""",
    "parameters and defaults": """
def f(v):
    v[0]=5
    v=[1]
    return v
l=[0,0]; g=f(l)
def h(a, b=2, *, c=3): return a+b*c
r=h(1); s=h(1,c=5); t=h(b=1,a=2)
""",
    "a default that is kept": """
acc=[]
def add(x, into=[]):
    into.append(x)
    return into
p=add(1); q=add(2)
n=len(q)
""",
    "global names": """
count=0
def inc():
    global count
    count+=1
inc(); inc()
z=count+1
""",
    "closures": """
def outer():
    k=1
    def inner():
        nonlocal k
        k+=1
        return k
    inner()
    return k
v=outer()
""",
    "whole numbers and fractions": """
import numpy as np
a=np.array([1,2,3])
b=a/2
c=a//2
d=a**2
e=a%2
a2=a.astype(float)
f=-7//2; g=-7%3; h=7%-3; i=2**-1; j=2**10; k=5/2; l=round(2.5); m=round(2.675,2); n=int(-3.7); o=abs(-3)
""",
    "loops and comprehensions": """
s=0
for i in range(10):
    if i%2: continue
    if i>6: break
    s+=i
else:
    s=100
t=0
while t<5:
    t+=1
    if t==3: break
else:
    t=50
fs=[lambda x:x+i for i in range(3)]
u=[f(1) for f in fs]
v=[(i,j) for i in range(2) for j in range(3) if i!=j]
w=sum(i*i for i in range(4))
i2=i
""",
    "what random numbers touch": """
import random, numpy as np
x=3
y=random.random()
if y>0.5: x=4
z=x+1
w=np.array([1.,2.])
np.random.shuffle(w)
k=w[0]
a=[1,2,3]
random.shuffle(a)
b=a[0]
q=5
def g():
    global q
    if random.random()<2: q=6
g()
r=q
""",
    "classes": """
class A:
    n=1
    def __init__(self): self.w=[1,2]
    def step(self): self.w[0]+=1; self.n+=1
    def __call__(self,x): return x*self.n
    def __add__(self,o): return 7
    def __radd__(self,o): return 8
a=A(); a.step(); a.step()
p=a.w; p[1]=9; q=a.w[1]; r=a(3); s=a+1; t=1+a; u=a.n; v=A.n
b=a; b.w=[5]; x=a.w[0]
""",
    "errors, files and several names": """
try:
    x=1/0
except ZeroDivisionError:
    x=5
y=x
with open('/dev/null') as f:
    z=3
w=z
a=b=[1]
a.append(2)
c=len(b)
del c
(d,e),g=(1,2),3
d,e=e,d
h=1 if d>e else 2
h2=d<e<3
aa=not h2 or 5
bb=[] or 3
cc=0 and 4
""",
    "arrays along axes": """
import numpy as np
X=np.array([[1.,2.],[3.,4.]])
s0=X.sum(axis=0); s1=np.sum(X,axis=1,keepdims=True); m=X.mean(); st=X.std(); am=np.argmax(X,axis=1)
mx=np.max(X,axis=0); o=np.outer([1,2],[3,4])
d=np.dot([1,2],[3,4]); dd=X.dot([1,1]); mm=X@X
v=X[:,0]; v2=X[0]; v3=X[X>2]; w=X[:,None,:].shape
mask=X>2; cnt=mask.sum(); r=X.reshape(-1); r[0]=100; rr=X[0,0]; fl=X.flatten(); fl[0]=0; q=X[0,0]
rv=X.ravel(); rv[1]=55; z=X[0,1]; c=np.clip(X,0,3); wh=np.where(X>3,1,0); e=np.exp(X/100); l=np.linalg.norm(X)
cat=np.concatenate([X,X],axis=1); vs=np.vstack([X,X]); hs=np.hstack([X,X])
col=np.array([[1],[2]]); row=col.T; br=col+row
row[0,0]=50; cc=col[0,0]; T=X.T; T+=1; X00=X[0,0]; ar=np.arange(0,1,0.25)
ls=np.linspace(0,1,5); ey=np.eye(2); zl=np.zeros_like(X); it=X[0,0].item()
""",
    "arrays changed in place": """
import numpy as np
a=np.array([1,2,3])
a[0]=2.7
b=a[0]
c=np.array([1,2]); d=c; d=d+0.5; e=c[0]
f=np.ones(3); g=f; f=f*2; h=g[0]
p=np.array([1.,2.]); l=[p,p]; l[0]+=1; q=p[0]; l2=list(p); l2[0]=77; q2=p[0]
dct={'w':p}; dct['w']*=2; q3=p[0]; dct['w']=0; q4=p[0]
for k in dct: kk=k
for x in p: x+=1
q5=p[0]
M=np.zeros((2,3))
for row in M: row+=1
q6=M.sum()
for i,row in enumerate(M): row[i]=9
q7=M.sum()
""",
    "Python's own functions": """
x = 5
def f():
    x = 10
    return x
y = f(); z = x
def g(): return x
x = 6
w = g()
s = 'a' 'b'; n = len(s*3); t = s.upper() if False else s
k = max([1,5,2]); k2=max(1,7); k3=min([3.5,2])
so=sorted([3,1,2],reverse=True); rv=list(reversed([1,2])); zz=list(zip([1,2],[3,4])); en=list(enumerate('ab'))
mm = list(map(lambda v: v*2,[1,2]))
print(x, file=None)
st = {1,2,2}; ls=len(st); d=dict(a=1)
v1 = [1,2,3][-1]; v2=(1,2,3)[::-1]; v3='abc'[1]
""",
    "updates of weights": """
import numpy as np
w1 = np.array([0.1,0.2]); hist=[]
for i in range(3):
    w1 = w1 - 0.1*w1
    hist.append(w1)
h0=hist[0][0]
w2 = np.array([0.1,0.2]); hist2=[]
for i in range(3):
    w2 -= 0.1*w2
    hist2.append(w2)
h1=hist2[0][0]
params={'W':np.ones(2)}
def upd(p):
    p['W'] -= 0.5
    p = {'W': 3}
    return p
o=upd(params); h2=params['W'][0]
def upd2(arr):
    arr = arr - 1
    return arr
h3=upd2(params['W'])[0]; h4=params['W'][0]
a=b=0
a+=1
""",
}


def names_after(code: str) -> dict[str, Any]:
    """The names that our reading of a program leaves behind."""
    reader = Reader(EXPRESSIONS, STATEMENTS)
    for statement in ast.parse(code).body:
        reader.follow_alone(statement)
    return {name: value for name, value in reader.names.items() if name != ELSEWHERE}


def same(ours: Any, theirs: Any) -> bool:
    """Whether a value that was read is the one that running gave, as far as it is known."""
    if isinstance(ours, Unknown):
        return True
    if isinstance(ours, np.ndarray):
        return np.shape(ours) == np.shape(theirs) and np.allclose(ours, theirs, rtol=1e-12, atol=0)
    if isinstance(ours, list | tuple):
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, dict):
        return ours.keys() == theirs.keys() and all(same(ours[key], theirs[key]) for key in ours)
    plain = isinstance(ours, int | float | str | set | np.generic)
    return bool(ours == theirs) if plain else True


@pytest.mark.parametrize("title", PROGRAMS)
def test_reading_gives_what_running_gives(title: str) -> None:
    run: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(PROGRAMS[title], run)  # the programs of this file, and no others
    read = names_after(PROGRAMS[title])
    assert [name for name, value in read.items() if not same(value, run.get(name))] == []


@pytest.mark.parametrize(
    ("title", "unknown"),
    [
        ("what random numbers touch", set("xyzwkabqr")),
        ("errors, files and several names", set("xyfzwc")),
        ("Python's own functions", {"d"}),
        ("arrays along axes", set()),
        ("classes", set()),
        ("closures", set()),
    ],
)
def test_only_what_depends_on_the_unread_is_unknown(title: str, unknown: set[str]) -> None:
    read = names_after(PROGRAMS[title])
    assert {name for name, value in read.items() if isinstance(value, Unknown)} == unknown


# ---- code that means harm

HOSTILE = {
    "a tower of powers": "x = 10**10**10",
    "powers of powers": "x = 2\nfor i in range(100): x = x**x",
    "long texts": "s = 'a' * 10**9\nt = '%1000000000d' % 3\nu = f'{3:1000000000d}'",
    "wide places": "v = '{:>999999999}'.format(1)",
    "a long loop": "for i in range(10**12):\n    x = i\nprint(x)",
    "an endless loop": "x = 0\nwhile True:\n    x += 1",
    "long lists": "s = sum(range(10**10))\nl = list(range(10**9))",
    "endless recursion": "def f(n):\n    return f(n + 1) + f(n)\nx = f(0)",
    "Fibonacci": "def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)\nx = fib(40)",
    "deep brackets": "x = " + "(" * 5000 + "1" + ")" * 5000,
    "a long sum": "x = " + "+".join(["1"] * 100_000),
    "many signs": "x = " + "-" * 1900 + "1",
    "many lines": "x = 1\n" * 60_000,
    "lists in lists": "x = [1]\nfor i in range(100): x = [x, x]\nprint(x)\ny = x == x\nz = x in [x]",
    "a list in itself": "l = []\nl.append(l)\nprint(l)\nimport numpy as np\na = np.array(l)",
    "large arrays": "a = np.zeros((10**6, 10**6))\nb = np.arange(10**10)\nc = np.eye(10**5)",
    "outer products": "a = np.ones((2000, 1))\nfor i in range(10**4): b = a * a.T; c = a @ a.T",
    "comprehensions": "x = [i for i in range(2000) for j in range(2000) for k in range(2000)]",
    "long numbers": "x = " + "9" * 1900 + "\nfor i in range(100): x = x * x",
    "much printed": "x = [1.5] * 2000\nfor i in range(10**6): print(x, i)",
    "growing texts": "x = f'a'\nfor i in range(1000): x = x + x\nprint(x)",
    "a large tuple": "x = ((1,) * 2000,) * 2000\nprint(x)",
    "lambdas in lambdas": "f = 1\nfor i in range(999): f = (lambda g: lambda x: g(x) + 1)(f)\ny = f(1)",
    "a long tape": "import torch\na = torch.ones(1)\nfor i in range(10**5): a = a + a\na.backward()",
    "everything may change": "import foo\n" + "\n".join(f"a{i} = [{i}]\nfoo.bar(a{i})" for i in range(900)),
    "a loop of doubts": "x = foo\nwhile True:\n    y = foo(x)\n    foo(y, [x, y], foo(x), foo(y))",
    "a zero sign": "x\x00 = 1",
    "a comment of brackets": "x = a  # " + "[" * 290,
}


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_code_ends_at_once_and_claims_nothing(title: str) -> None:
    start = time.process_time()
    report = verify(f"Text.\n\n```python\n{HOSTILE[title]}\n```\n\n```\n1.5 2.5\n```\n")
    assert time.process_time() - start < 20  # about half a second on a quiet machine; without limits, no end
    assert report.summary["contradicted"] == 0
    assert not [claim for claim in report.claims if "failed" in claim.reason]
