[1, 2, 3].collect { it * 2 }
// ---
[1, 2, 3].find { it > 1 }
// ---
[1, 2, 3].findAll { it > 1 }
// ---
[1, 2, 3].any { it > 2 }
// ---
[1, 2, 3].every { it > 0 }
// ---
[1, 2, 3].sum()
// ---
[1.5, 2].sum()
// ---
["a", "b"].sum()
// ---
[].sum()
// ---
[[a: 1], [a: 2]].sum { it.a }
// ---
[1, 2, 3].inject(0) { acc, v -> acc + v }
// ---
[1, 2, 3].inject { a, b -> a * b }
// ---
[3, 1, 2].sort()
// ---
[3, 1, 2].sort { -it }
// ---
[3, 1, 2].sort { a, b -> b <=> a }
// ---
["bb", "a"].sort { it.size() }
// ---
[3, 1, 2].sort(false)
// ---
def l = [3, 1, 2]; l.sort(); l
// ---
def l = [3, 1, 2]; l.toSorted(); l
// ---
[1, 2, 2].unique()
// ---
[1, 2, 3].max()
// ---
[1, 2, 3].min()
// ---
["a", "bbb"].max { it.size() }
// ---
[[1, 2], [3]].flatten()
// ---
[1, 2, 3].join("-")
// ---
[1, 2, 3].join()
// ---
[1, 2, 3, 4].groupBy { it % 2 }
// ---
["a", "bb", "cc"].groupBy { it.size() }
// ---
[1, 2, 3].first()
// ---
[1, 2, 3].last()
// ---
[].first()
// ---
[1, 2, 3].head()
// ---
[1, 2, 3].tail()
// ---
[1, 2, 3].init()
// ---
[1, 2, 3].take(2)
// ---
[1, 2, 3].drop(1)
// ---
[1, 2, 3].takeWhile { it < 3 }
// ---
[1, 2, 3].dropWhile { it < 2 }
// ---
[1, 2, 3].reverse()
// ---
[1, 2, 3, 4, 5].collate(2)
// ---
[1, 2, 3].withIndex()
// ---
[1, 2, 3].indexed()
// ---
[1, 2, 3].eachWithIndex { v, i -> }
// ---
[1, 2, 3].each { }
// ---
["a", "b"].collectEntries { [it, it.toUpperCase()] }
// ---
["a", "b"].collectEntries { [(it): 1] }
// ---
[1, 2, 3].count { it > 1 }
// ---
[1, 2, 1].count(1)
// ---
[1, 2, 3].countBy { it % 2 }
// ---
[1, 2, 3].partition { it > 1 }
// ---
[1, 2, 3].split { it > 1 }
// ---
[1, 2] + [3]
// ---
[1, 2] - [2]
// ---
[1, 2] << 3
// ---
[1, 2] * 2
// ---
[1, 2, 3][0]
// ---
[1, 2, 3][-1]
// ---
[1, 2, 3][5]
// ---
[1, 2, 3][-5]
// ---
[1, 2, 3].get(5)
// ---
[1, 2, 3][0..1]
// ---
[1, 2, 3][0, 2]
// ---
[1, 2, 3][1..-1]
// ---
[1, 2, 3][1..9]
// ---
def l = [1]; l[3] = 4; l
// ---
def l = [1, 2]; l.add(3); l.remove(0); l
// ---
def l = [1, 2]; l.remove((Object) 2); l
// ---
def l = [1, 2, 3]; l.removeAll { it > 1 }; l
// ---
def l = [1, 2, 3]; l.retainAll { it > 1 }; l
// ---
[1, 2].contains(2)
// ---
2 in [1, 2]
// ---
[1, 2].containsAll([1])
// ---
[1, 2].intersect([2, 3])
// ---
[1, 2].disjoint([3])
// ---
[1, 2].size()
// ---
[1, 2].isEmpty()
// ---
[].empty
// ---
[[a: 1], [a: 2]].a
// ---
[[a: 1], [a: 2]]*.a
// ---
["a", "b"]*.toUpperCase()
// ---
["a", null]*.toUpperCase()
// ---
[1, 2].toString()
// ---
[1, [2, 3]].collectNested { it * 2 }
// ---
[[1, 2], [3]].collectMany { it }
// ---
[1, 2, 3].findIndexOf { it == 2 }
// ---
[1, null, 2].findAll()
// ---
[1, 2, 3].findResult { it > 1 ? it * 10 : null }
// ---
[[1, 2], [3, 4]].transpose()
// ---
[1, 2, 3].combinations()
// ---
[[1, 2], ['a']].combinations()
// ---
[1, 2, 3].average()
// ---
[a: 1, b: 2].collect { k, v -> "$k=$v" }
// ---
[a: 1, b: 2].collect { it.key + it.value }
// ---
[a: 1, b: 2].find { it.value == 2 }
// ---
[a: 1, b: 2].find { k, v -> v == 2 }.key
// ---
[a: 1, b: 2].findAll { it.value > 1 }
// ---
[a: 1, b: 2].findAll { k, v -> v > 1 }
// ---
[a: 1, b: 2].each { k, v -> }
// ---
[a: 1, b: 2].any { k, v -> v > 1 }
// ---
[a: 1, b: 2].every { it.value > 0 }
// ---
[a: 1, b: 2].collectEntries { k, v -> [k, v * 2] }
// ---
[b: 1, a: 2].sort()
// ---
[b: 1, a: 2].sort { it.value }
// ---
[b: 2, a: 1].sort { x, y -> x.value <=> y.value }
// ---
[a: 1, b: 2].max { it.value }.key
// ---
[a: 1, b: 2].sum { it.value }
// ---
[a: 1, b: 2].inject(0) { acc, k, v -> acc + v }
// ---
[a: 1, b: 2].groupBy { it.value % 2 }
// ---
[a: 1] + [b: 2]
// ---
[a: 1] << [b: 2]
// ---
[a: 1].get("a")
// ---
[a: 1].get("b", 5)
// ---
[a: 1].getOrDefault("b", 5)
// ---
[a: 1].containsKey("a")
// ---
[a: 1].a
// ---
[a: 1]."a"
// ---
[a: 1]["a"]
// ---
[a: 1].keySet()
// ---
[a: 1, b: 2].values()
// ---
[a: 1].entrySet().size()
// ---
[a: 1, b: 2].size()
// ---
[a: 1, b: 2].subMap(["a"])
// ---
def m = [:]; m.x = 1; m["y"] = 2; m.put("z", 3); m
// ---
def m = [:]; m.a = [:]; m.a.b = 1; m
// ---
def m = [a: 1]; m.remove("a"); m
// ---
def m = [a: 1]; m.a += 1; m
// ---
[(1): 'x', 'two words': 2]
// ---
def k = 'dyn'; [(k): 1]
// ---
[a: 1].class
// ---
[a: 1].getClass().simpleName
// ---
[1].class.name
// ---
[a: 1] == [a: 1.0]
// ---
[1, 2] == [1, 2L]
// ---
[a: 1, *: [b: 2]]
// ---
[1, *[2, 3], 4]
// ---
[a: [1, 2]].a[1]
// ---
(1..3).toList()
// ---
(1..3).collect { it * it }
// ---
(1..<3).toList()
// ---
(3..1).toList()
// ---
('a'..'c').toList()
// ---
(1..10).step(3)
// ---
(1..3).contains(2)
// ---
(1..3).size()
// ---
5 in 1..10
// ---
(1..3).each { }
// ---
1..3 == [1, 2, 3]
// ---
[1, 2, 3] as Set
// ---
([1, 2, 2] as Set).size()
// ---
new ArrayList([1, 2])
// ---
new HashMap([a: 1])
// ---
new LinkedHashMap()
// ---
new TreeMap([b: 1, a: 2])
// ---
new HashSet([1, 1])
// ---
Arrays.asList(1, 2)
// ---
Collections.emptyList()
// ---
List.of(1, 2)
// ---
def list = [1, 2, 3]; def (a, b) = list; a + b
// ---
def (a, b, c) = [1, 2]; c
// ---
def a = 1, b = 2; (a, b) = [b, a]; [a, b]
// ---
def l = []; l << 1 << 2; l
// ---
def l = []; for (x in [1, 2]) l.add(x * 2); l
// ---
def r = []; [1, 2].each { r << it + 1 }; r
// ---
def s = 0; [1, 2, 3].each { s += it }; s
// ---
[3, 1, 2].toSorted { a, b -> a <=> b }
// ---
[1, 2, 3].stream().map { it * 2 }.collect(java.util.stream.Collectors.toList())
// ---
[1, 2, 3].stream().filter { it > 1 }.count()
// ---
['x', 'y'].indexOf('y')
// ---
[1, 2, 3].sum { it * 1.5 }
// ---
['a': 1].collect { it }.size()
// ---
[1, 2, 3].reverseEach { }
// ---
[1, 2, 3, 4].findAll { it % 2 == 0 }.collect { it * it }.sum()
// ---
[[name: 'x', qty: 2], [name: 'y', qty: 3]].collectEntries { [it.name, it.qty] }
// ---
[[n: 'b'], [n: 'a']].sort { it.n }*.n
// ---
[1, 2, 3].swap(0, 2)
// ---
[1, 2, 3].push(0)
// ---
[1, 2, 3].pop()
// ---
[a: 1].withDefault { 0 }.b
// ---
[1, 2, 3].asImmutable()
// ---
[null, 1].first()
// ---
[1, 2, 3].permutations().size()
// ---
["b", "a"].sort().first()
// ---
[true, false].any()
// ---
[1, 'a', 2.5].grep(Number)
// ---
["abc", "xyz"].grep(~/a.*/)
// ---
[1, 2, 3, 4].grep(2..3)
