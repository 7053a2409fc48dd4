"abc".toUpperCase()
// ---
"Hello ${name}!"
// ---
"$name has $amount"
// ---
"${amount > 100 ? 'big' : 'small'}"
// ---
"a" == "${'a'}"
// ---
["a"].contains("${'a'}")
// ---
[a: 1]["${'a'}"]
// ---
"x${1}y".class.name
// ---
"x${1}" + "y"
// ---
"x" + "${1}"
// ---
("x" + "${1}").class.name
// ---
"abc" - "b"
// ---
"abc" * 2
// ---
"abc"[1]
// ---
"abc"[-1]
// ---
"abcdef"[1..3]
// ---
"abcdef"[1..-2]
// ---
"abcdef"[3..1]
// ---
"abcdef"[0, 2, 4]
// ---
"abc"[5]
// ---
"abc"[0..9]
// ---
"abc".substring(1)
// ---
"abc".substring(5)
// ---
"a,b,c".split(",")
// ---
"a,b,c".split(",").size()
// ---
"a,b,c".tokenize(",")
// ---
"a b c".split()
// ---
"abc".reverse()
// ---
"abc".capitalize()
// ---
"abc".padLeft(5)
// ---
"abc".padLeft(5, "*")
// ---
"abc".padRight(5, "-")
// ---
"abc".center(7)
// ---
"abc".contains("b")
// ---
"abc".startsWith("a")
// ---
"abc".indexOf("c")
// ---
"abc".size()
// ---
"abc".length()
// ---
"abc".toList()
// ---
"abc".collect { it * 2 }
// ---
"abc".each { it }
// ---
"a-b-c".replace("-", "+")
// ---
"a1b2".replaceAll("[0-9]", "#")
// ---
"a1b2".replaceAll(/\d/) { (it as int) + 1 }
// ---
"hello world".find(/o\w/)
// ---
"a1b22".findAll(/\d+/)
// ---
"abc" =~ /b/
// ---
("abc" =~ /b/).find()
// ---
"abc" ==~ /a.c/
// ---
"abc" ==~ /b/
// ---
def m = "2024-01-15" =~ /(\d+)-(\d+)-(\d+)/; m[0]
// ---
def m = "2024-01-15" =~ /(\d+)-(\d+)-(\d+)/; m[0][1]
// ---
def m = "2024-01-15" =~ /(\d+)-(\d+)-(\d+)/; m.matches(); m.group(2)
// ---
def m = "x" =~ /y/; m[0]
// ---
if ("abc" =~ /b/) "yes" else "no"
// ---
/a\/b/
// ---
/x$name/
// ---
$/a/b $name $$ $/ /$
// ---
'''a
b'''
// ---
"""line1
  $name
"""
// ---
"a\tb\n"
// ---
'single $name'
// ---
"\u0041"
// ---
"\$5"
// ---
"abc".isEmpty()
// ---
"".isEmpty()
// ---
"  x ".trim()
// ---
"abc".equalsIgnoreCase("ABC")
// ---
"b" <=> "a"
// ---
"a" < "b"
// ---
"abc".count("b")
// ---
"10".isNumber()
// ---
"abc".isInteger()
// ---
"x".toInteger()
// ---
"true".toBoolean()
// ---
"abc" as List
// ---
"abc".chars.size()
// ---
"a\nb".readLines()
// ---
"x=1;y=2".split(";").collectEntries { it.split("=") as List }
// ---
String.format("%05d", 42)
// ---
String.format("%.2f", 3.14159)
// ---
String.format("%s-%s", "a", 1)
// ---
sprintf("%d", 3)
// ---
"%s!".formatted("x")
// ---
String.join("-", ["a", "b"])
// ---
"abc".hashCode()
// ---
"abc".bytes.length
// ---
"abc".getBytes().length
// ---
"a".next()
// ---
"abc".drop(1)
// ---
"abc".take(2)
// ---
"Hello".toLowerCase().capitalize()
// ---
"a" + null
// ---
null + "a"
// ---
"abc".foo
// ---
"abc".matches("a.*")
// ---
"one two".split(" ")[1]
// ---
"CamelCase".replaceAll(/([A-Z])/, '_$1').toLowerCase()
// ---
"a,b;c".split(/[,;]/)
// ---
name.split(" ").collect { it[0] }.join("")
// ---
name?.toUpperCase()
// ---
nothing?.toUpperCase()
// ---
nothing ?: "default"
// ---
"abc".inspect()
// ---
"it's".inspect()
// ---
"x".equals("${'x'}")
// ---
"${'x'}".equals("x")
// ---
"${1}${2}".toString()
// ---
def s = new StringBuilder(); s << "a" << 1; s.append("b"); s.toString()
// ---
def s = "a"; s += "b"; s
// ---
def sb = new StringBuilder("abc"); sb.reverse().toString()
// ---
"abc".eachWithIndex { c, i -> }
// ---
"a" << "b"
// ---
"text".encodeAsBase64()
// ---
"text".bytes.encodeBase64().toString()
// ---
new String("dGV4dA==".decodeBase64())
// ---
java.util.UUID.fromString("123e4567-e89b-12d3-a456-426614174000").toString()
// ---
"  a".stripIndent()
// ---
"|a\n|b".stripMargin()
// ---
"${-> amount}"
// ---
def v = 1; def g = "${-> v}"; v = 2; g.toString()
// ---
def v = 1; def g = "${v}"; v = 2; g.toString()
// ---
"$order"
// ---
"${[1, 'a']} ${[a: 1, b: 'x']} ${[:]}"
// ---
"" + [a: 1]
// ---
"" + [1, 2]
// ---
[a: 1].toString()
// ---
[1, [2, 'x']].toString()
// ---
String.valueOf([a: 1])
// ---
"${null}"
// ---
"$nothing"
