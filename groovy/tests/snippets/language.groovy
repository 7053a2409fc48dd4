def f(a, b = 2) { a + b }
f(1)
// ---
int twice(int x) { x * 2 }
twice(4)
// ---
def fact(n) { n <= 1 ? 1 : n * fact(n - 1) }
fact(20G)
// ---
def c = { a, b -> a + b }
c(1, 2)
// ---
def c = { it * 2 }
c.call(4)
// ---
def add = { a, b -> a + b }
def inc = add.curry(1)
inc(5)
// ---
def c = { a, b -> a }
c(1)
// ---
({ it })(3)
// ---
def x = 1
def c = { x++ }
c(); c()
x
// ---
def r = ''
for (int i = 0; i < 3; i++) { r += i }
r
// ---
def r = []
outer:
for (i in 1..3) {
  for (j in 1..3) {
    if (j == 2) continue outer
    if (i == 3) break outer
    r << "$i$j".toString()
  }
}
r
// ---
def i = 0
while (true) { if (++i > 4) break }
i
// ---
def i = 0
do { i++ } while (i < 3)
i
// ---
switch (5) { case 1..3: 'low'; break; case 4..6: 'mid'; break; default: 'high' }
// ---
switch ('abc') { case ~/a.*/: 'a'; break; case String: 's'; break }
// ---
switch (2.5) { case Integer: 'i'; break; case BigDecimal: 'd'; break }
// ---
switch (3) { case [1, 2]: 'x'; break; case { it > 2 }: 'closure'; break }
// ---
def r = ''
switch (1) { case 1: r += 'a'; case 2: r += 'b'; break; case 3: r += 'c' }
r
// ---
def x = switch (3) { case 1 -> 'one'; case 3 -> 'three'; default -> 'other' }
x
// ---
try { throw new IllegalStateException('x') } catch (IllegalArgumentException | IllegalStateException e) { e.message }
// ---
try { 1 / 0 } catch (ArithmeticException e) { e.message }
// ---
try { null.foo() } catch (NullPointerException e) { e.message }
// ---
try { nope } catch (MissingPropertyException e) { e.message }
// ---
try { 'x'.nope(1) } catch (MissingMethodException e) { 'missing' }
// ---
try { 'x' as Integer } catch (NumberFormatException e) { e.message }
// ---
try { throw new Exception('a', new RuntimeException('b')) } catch (e) { e.cause.message }
// ---
def r = []
try { r << 1; throw new RuntimeException('x') } catch (e) { r << 2 } finally { r << 3 }
r
// ---
def f() { try { return 1 } finally { println 'x' } }
f()
// ---
throw new IllegalArgumentException("bad " + amount)
// ---
throw new Exception()
// ---
import org.camunda.bpm.engine.delegate.BpmnError
throw new BpmnError('code1')
// ---
import org.camunda.bpm.engine.delegate.BpmnError
try { throw new BpmnError('c', 'm') } catch (BpmnError e) { e.errorCode + e.message }
// ---
amount > 100 && approved
// ---
approved ? 'y' : 'n'
// ---
nothing ?: 'dflt'
// ---
def a = null
a ?= 5
a
// ---
nothing?.foo?.bar
// ---
nothing == null
// ---
!nothing
// ---
if ('') 1 else 2
// ---
if ([]) 1 else 2
// ---
if ([:]) 1 else 2
// ---
if (0) 1 else 2
// ---
if (0.0) 1 else 2
// ---
if (' ') 1 else 2
// ---
amount instanceof Integer
// ---
price instanceof Number
// ---
'x' !instanceof Integer
// ---
3 !in [1, 2]
// ---
'abc' as String
// ---
(amount as String).length()
// ---
(String) amount
// ---
int x = 3.9
x
// ---
String s = 5
s
// ---
List l = [1] as Set
l
// ---
Set s = [1, 1]
s
// ---
Date d = 'x'
// ---
boolean b = 'x'
b
// ---
def (String a, int b) = ['x', 3]
a * b
// ---
class P { String name; int age = 3 }
def p = new P(name: 'x')
p.name + p.age
// ---
class P { def a; P(a) { this.a = a }; def twice() { a * 2 } }
new P(4).twice()
// ---
class P { String name; String toString() { "P($name)" } }
"${new P(name: 'q')}"
// ---
class P { static int count = 0; static inc() { count++ } }
P.inc(); P.inc(); P.count
// ---
class A { def hi() { 'A' } }
class B extends A { def hi() { super.hi() + 'B' } }
new B().hi()
// ---
class E extends RuntimeException { E(String m) { super(m) } }
try { throw new E('mine') } catch (E e) { e.message }
// ---
class E extends RuntimeException { E(String m) { super(m) } }
throw new E('mine')
// ---
enum Color { RED, GREEN }
Color.RED.name() + Color.values().size()
// ---
enum Color { RED, GREEN }
Color.valueOf('GREEN').ordinal()
// ---
class P { String name }
new P(name: 'x').foo
// ---
class P { String name }
new P(name: 'x').foo()
// ---
class P { String name }
new P(nme: 'x')
// ---
class P { private int x = 1; int getX() { x + 10 } }
new P().x
// ---
import groovy.transform.ToString
@ToString class P { String a; int b }
new P(a: 'x', b: 1).toString()
// ---
import groovy.transform.Canonical
@Canonical class P { String a; int b }
new P('x', 1) == new P('x', 1)
// ---
import groovy.transform.Field
@Field int total = 5
def f() { total + 1 }
f()
// ---
def m = this.&println
m.class.simpleName
// ---
def up = String.&toUpperCase
up('x')
// ---
def up = 'abc'.&substring
up(1)
// ---
['a', 'b'].collect(String::toUpperCase)
// ---
def l = (x) -> x + 1
l(2)
// ---
[1, 2].collect(x -> x * 3)
// ---
'x'.with { it + length() }
// ---
[a: 1].with { a + 1 }
// ---
new StringBuilder().with { append('a'); append('b'); toString() }
// ---
[].tap { add(1) }
// ---
def c = { foo + 1 }
c.delegate = [foo: 4]
c()
// ---
x = 5
y = { x + 1 }
y()
// ---
def foo() { zzz }
zzz = 3
foo()
// ---
def foo() { local }
def local = 3
foo()
// ---
println 'x'
// ---
print 'x'; 7
// ---
def x = 3; x == 3 ? { -> 'closure' }() : 0
// ---
assert true
// ---
assert 1 + 1 == 2, 'math'
// ---
def x = 5; assert x > 10
// ---
assert [1, 2].size() == 3
// ---
assert name.startsWith('B')
// ---
assert !approved
// ---
assert null
// ---
execution.setVariable('out', amount * 2)
// ---
execution.setVariable('s', 'text'); execution.setVariable('n', null); execution.setVariable('b', true); execution.setVariable('dd', 1.5d); execution.setVariable('lg', 5L)
// ---
execution.setVariable('m', [a: 1, b: [1, 2]])
// ---
execution.setVariable('d', new Date(0))
// ---
execution.getVariable('amount') + 1
// ---
execution.getVariable('nope')
// ---
execution.hasVariable('amount')
// ---
execution.setVariable('x' + 1, "v${1}".toString())
// ---
execution.setVariable("x${1}", 'v')
// ---
execution.getVariables().containsKey('amount')
// ---
execution.variables.size() > 3
// ---
binding.hasVariable('amount')
// ---
binding.hasVariable('nope')
// ---
this.binding.variables.containsKey('nope')
// ---
S('{"a": {"b": [1, 2, "x"]}}').prop('a').prop('b').elements().size()
// ---
def j = S('{"a": 1}'); j.prop('b', 'x'); j.toString()
// ---
order.prop('customer').prop('name').value()
// ---
order.prop('lines').elements().collect { it.prop('qty').numberValue() }.sum()
// ---
order.prop('lines').elements().find { it.prop('sku').stringValue() == 'b' }.prop('qty').numberValue()
// ---
order.hasProp('nope')
// ---
order.prop('nope')
// ---
XML('<a x="1"><b>t</b></a>').attr('x').value()
// ---
XML('<a x="1"><b>t</b></a>').childElement('b').textContent()
// ---
JSON('[1, 2]').elements().size()
// ---
import groovy.json.JsonSlurper
new JsonSlurper().parseText('{"a": [1, 2.5, "x", null, true], "b": {"c": 1}}')
// ---
import groovy.json.JsonSlurper
def o = new JsonSlurper().parseText('{"a": {"b": [10, 20]}}')
o.a.b[1]
// ---
import groovy.json.JsonOutput
JsonOutput.toJson([a: 1, b: [1.5, 'x', null, true], c: [d: 'q"uote']])
// ---
import groovy.json.JsonOutput
JsonOutput.toJson('tschüß')
// ---
import groovy.json.JsonOutput
JsonOutput.prettyPrint('{"a":1,"b":[1,2],"c":{}}')
// ---
import groovy.json.*
new JsonBuilder([a: 1, b: 'x']).toString()
// ---
import groovy.json.*
def b = new JsonBuilder()
b.person { name 'x'; age 3; tags 'a', 'b' }
b.toString()
// ---
import groovy.json.*
def b = new JsonBuilder()
b { x 1; y { z 2 } }
b.toPrettyString()
// ---
groovy.json.JsonOutput.toJson(new Date(0))
// ---
new groovy.json.JsonSlurper().parseText('')
// ---
new Date(0).time
// ---
when.time
// ---
when.format('yyyy-MM-dd')
// ---
new java.text.SimpleDateFormat('yyyy-MM-dd HH:mm').format(when)
// ---
new java.text.SimpleDateFormat('yyyy-MM-dd').parse('2024-02-03').time
// ---
java.time.LocalDate.of(2024, 1, 31).plusMonths(1)
// ---
import java.time.*
LocalDate.parse('2024-02-28').plusDays(2).toString()
// ---
import java.time.*
import java.time.temporal.ChronoUnit
ChronoUnit.DAYS.between(LocalDate.of(2024, 1, 1), LocalDate.of(2024, 3, 1))
// ---
import java.time.format.DateTimeFormatter
java.time.LocalDateTime.of(2024, 1, 2, 3, 4).format(DateTimeFormatter.ofPattern('dd.MM.yyyy HH:mm'))
// ---
java.time.Duration.ofHours(25).toMinutes()
// ---
java.time.LocalDate.of(2024, 1, 1) < java.time.LocalDate.of(2024, 1, 2)
// ---
java.time.LocalDate.of(2024, 5, 1).dayOfWeek
// ---
java.time.LocalDate.of(2024, 5, 1).year
// ---
java.time.LocalDate.parse('x')
// ---
Calendar c = Calendar.getInstance(); c.setTimeInMillis(0L); c.get(Calendar.YEAR)
// ---
def foo(Map args, x) { args.a + x }
foo(a: 1, 5)
// ---
def foo(Map m) { m }
foo a: 1, b: 2
// ---
def foo(... xs) { xs.size() }
foo(1, 2, 3)
// ---
def foo(String s) { 's' }
def foo(Integer i) { 'i' }
foo(3) + foo('x')
// ---
def foo(String s) { s }
foo(3)
// ---
def foo(a) { a }
foo(*[1])
// ---
def v = { String s -> s }
v(3)
// ---
"a".foo = 3
// ---
[1, 2].foo = 3
// ---
nothing.foo = 3
// ---
def x = [1, 2, 3]
x*.plus(1)
// ---
x = 10
x
// ---
def x
x
// ---
int x
x
// ---
return
// ---
return 5
// ---
;
// ---
def a = [1, 2,
  3]
a
  .collect { it * 2 }
  .findAll { it > 2 }
// ---
def s = 'a' +
  'b'
s
// ---
def x = true &&
  false
x
// ---
def x = true
  ? 1
  : 2
x
// ---
final String K = 'x'
K
// ---
def x = 1; def x = 2
// ---
if (true) { def q = 1 }
q
// ---
def "quoted name"() { 5 }
"quoted name"()
// ---
out: println 'x'
// ---
// just a comment
// ---
/* c */ 5 // x
// ---
def m = [if: 1, class: 2, 'in': 3]
m.if + m.in
// ---
1 == 1 ? 'a' : 2 == 2 ? 'b' : 'c'
// ---
def a = [b: { x -> x * 2 }]
a.b(4)
// ---
def compose = { it + 1 } >> { it * 2 }
compose(3)
// ---
def f = { n -> n == 0 ? 0 : n + owner.call(n - 1) }
1
// ---
1.with { it + 1 }
// ---
Integer x = null
x
// ---
int x = null
// ---
def x = 'abc'; x[0] + x[-1]
// ---
(1..3).inject { a, b -> a + b }
// ---
def list = [[1, 2], [3, 4]]
list.collect { a, b -> a + b }
// ---
list = [1, 2]; list.each { println it }; list.size()
// ---
['x', 'y'].eachWithIndex { s, i -> println "$i $s" }
// ---
def sum = 0
for (e in [a: 1, b: 2]) { sum += e.value }
sum
// ---
def s = ''
for (c in 'abc') { s = c + s }
s
// ---
for (x in null) { }
5
// ---
Math.floor(2.7) as int
// ---
'a'.compareTo('b')
// ---
1 <=> 'a'
// ---
1 < 'a'
// ---
'a' < 1
// ---
[1] < [2]
// ---
[1, 'a'].sort()
// ---
new Object() == null
// ---
1.0.equals(1.00)
// ---
'abc'.is('abc')
// ---
def x = 5 as long
x.class.name
// ---
['1', '2']*.toInteger().sum()
// ---
'2024-01-15'.split('-').collect { it as int }
// ---
new int[3]
// ---
int[] a = [1, 2, 3]
a.length
// ---
int[] a = [1, 2, 3]
a[1] + a.sum()
// ---
String[] s = ['a', 'b']
s.join('-')
// ---
def a = new String[2]
a[0] = 'x'
a
// ---
new BigDecimal('10').divide(new BigDecimal('3'), 2, java.math.RoundingMode.HALF_UP)
// ---
Optional.of(3).get()
// ---
Optional.ofNullable(null).orElse(7)
// ---
Objects.equals(1, 1)
// ---
System.currentTimeMillis() > 0
// ---
Thread.currentThread().name == 'x'
// ---
{ 1 }
// ---
def f = { -> it }
f()
// ---
it
// ---
getClass().name
// ---
this.class.name
