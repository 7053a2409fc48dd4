println [1,2]
// ---
def x = 5
// ---
def c=[]; for (i in 1..3) c << {i}; c*.call()
// ---
"${amount}x"
// ---
1/3
// ---
100/25
// ---
10/4
// ---
x
// ---
foo(1)
// ---
"abc".foo(1, "x")
// ---
null.foo()
// ---
null.foo
// ---
throw new RuntimeException("boom")
// ---
throw new org.camunda.bpm.engine.delegate.BpmnError("c1", "m1")
// ---
import org.foo.Bar
1
// ---
new Foo()
// ---
def y = 1 +
// ---
assert amount == 2
// ---
assert amount == 2 : "bad"
// ---
execution.setVariable("g", "${amount}"); execution.setVariable("l", [1,"a"]); execution.setVariable("d", 1.5); 1..3
// ---
if (amount > 3) { "big" } else { "small" }
// ---
z = 3; z + 1
// ---
int q = "5"
// ---
println !true
// ---
order.prop("id")
// ---
[1,2,3] as Set
// ---
"abc"[0]
// ---
'a' as char
// ---
1.0f + 1
// ---
2 ** 3
// ---
2 ** -1
// ---
Integer.MAX_VALUE + 1
// ---
"abc".length
// ---
[a:1].b.c
// ---
java.foo.Bar.baz()
// ---
try { 1 } finally { 2 }
// ---
switch(amount) { case 120: "yes"; break; default: "no" }
// ---
for (i in 1..3) { i }
// ---
S('{"a":1}').prop("a").numberValue()
// ---
execution.foo
// ---
execution.foo()
// ---
[3,1,2].sort()
// ---
"a" + 1 + null
// ---
1 + "a"
// ---
1 + null
// ---
[1,2] + 3
// ---
new Date(0)
// ---
{ -> 1 }
