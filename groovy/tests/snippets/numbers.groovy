1 + 2L
// ---
1 + 2.5
// ---
1.0 + 2
// ---
1.10 + 2.20
// ---
1.5 * 2.25
// ---
2 * 3.0d
// ---
7 / 2
// ---
7 / 7
// ---
1 / 8
// ---
2 / 3
// ---
10 / 3.0
// ---
1.0 / 3
// ---
22.5 / 4.5
// ---
100 / 3 * 3
// ---
1e3 + 1
// ---
0.1 + 0.2
// ---
0.1d + 0.2d
// ---
10 % 3
// ---
-10 % 3
// ---
10.5 % 3
// ---
7.intdiv(2)
// ---
1/0
// ---
1 % 0
// ---
1.0d / 0
// ---
5 ** 2
// ---
2 ** 31
// ---
2 ** 70
// ---
2 ** 0.5
// ---
2.5 ** 2
// ---
10 ** -2
// ---
1 << 4
// ---
-16 >> 2
// ---
-16 >>> 28
// ---
6 & 3
// ---
6 | 3
// ---
6 ^ 3
// ---
~6
// ---
0x1F
// ---
0b101
// ---
017
// ---
1_000_000
// ---
12345678901
// ---
123456789012345678901
// ---
5G + 1
// ---
3.7 as int
// ---
(int) 3.7
// ---
(int) -3.7
// ---
3.5.round()
// ---
2.5d.round()
// ---
3.14159.round(2)
// ---
3.14159d.round(2)
// ---
10.toString() + 1
// ---
"10".toInteger() + 1
// ---
"1.50".toBigDecimal() + 1
// ---
"3.5" as BigDecimal
// ---
"5" as Integer
// ---
"x" as Integer
// ---
"x".toBigDecimal()
// ---
1 == 1.0
// ---
1 == 1L
// ---
1.0 == 1.00
// ---
1.equals(1L)
// ---
1 <=> 2
// ---
2.5 <=> 2
// ---
1.max(2)
// ---
Math.max(3, 7.5)
// ---
Math.round(2.5)
// ---
Math.abs(-3)
// ---
Math.pow(2, 10)
// ---
Math.sqrt(16)
// ---
Integer.parseInt("42")
// ---
Integer.valueOf("42") + 1
// ---
Long.parseLong("42")
// ---
new BigDecimal("1.10").setScale(1, java.math.RoundingMode.HALF_UP)
// ---
new BigDecimal("2.345").setScale(2, BigDecimal.ROUND_HALF_UP)
// ---
1.23456G
// ---
price * 2
// ---
price * amount
// ---
price * 1.19
// ---
amount * 1.19
// ---
big + 1
// ---
big * big
// ---
(price * 100).toInteger()
// ---
amount / 7
// ---
-amount
// ---
amount++ + amount
// ---
def i = 5; i++ + ++i
// ---
def i = 5; i += 2.5; i
// ---
int i = 5; i += 2.5; i
// ---
long l = 5; l
// ---
short s = 5; s + 1
// ---
double d = 1; d
// ---
float f = 1.5; f
// ---
BigDecimal b = 5; b
// ---
byte b = 5; b
// ---
def x = 5; x /= 2; x
// ---
def x = 5; x **= 2; x
// ---
def x = 5; x %= 3; x
// ---
def x = 5; x <<= 2; x
// ---
(1..5).sum()
// ---
3.times { it }
// ---
1.upto(3) { }
// ---
5.upto(1) { }
// ---
1.0f
// ---
1.5f * 2
// ---
'a' + 1
// ---
3 > 2.9
// ---
null > 1
// ---
1 in [1, 2]
// ---
1.5.toString()
// ---
1.50.toString()
// ---
100.0.stripTrailingZeros().toPlainString()
// ---
0.0000001
// ---
1.0E10
// ---
1234567.0d
// ---
12345678.0d
// ---
0.00001d
// ---
1 + true
// ---
1.class
// ---
1.5.class.name
// ---
(1/3).class.simpleName
// ---
Integer.MAX_VALUE * 2
// ---
Long.MAX_VALUE + 1
// ---
5.compareTo(3)
// ---
'5' * 3
// ---
5.0.intValue()
// ---
7.5.toInteger()
// ---
12.5.toLong()
// ---
1.5 as String
