using System.Reflection;
using Microsoft.CodeAnalysis;

namespace TensorGraph.Tests.Conformance;

/// <summary>
/// C# objects that change where a tensor decides: an error at the place of the change, through whatever function it happens; none where nobody else
/// knows the object, and then traced equals imperative.
/// </summary>
public sealed class ChangesOfObjectsTests
{
    [Theory]
    // Through local functions, lambdas and delegates.
    [InlineData("TG3116", "var l = new List<int>(); void P() => [|l.Add|](1); if (x > 1) P(); return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); Action f = () => [|l.Add|](1); if (x > 1) f(); return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); Action<int> f = [|l.Add|]; if (x > 1) f(1); return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); void P(List<int> q) { [|q.Add|](1); } if (x > 1) P(l); return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) Array.ForEach([1, 2], [|l.Add|]); return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) Array.ForEach([1, 2], k => [|l.Add|](k)); return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<Tensor>(); void Push(Tensor t) => [|l.Add|](t); for (Tensor i = 0; i < 3; i++) { Push(x); x += 1; } return x + l.Count;")]
    [InlineData("TG3116", "var q = new Queue<int>([1, 2, 3]); int Next() => [|q.Dequeue|](); for (int i = 0; i < 3; i++) { int k = Next(); if (x > k) break; x += k; } return x + q.Count;", true)]
    [InlineData("TG3116", "var memo = new Dictionary<int, Tensor>(); Tensor Get(int k) { if (!memo.TryGetValue(k, out var v)) { v = x * k; [|memo.Add|](k, v); } return v; } Tensor y = x; if (x > 1) y = Get(2); return y + Get(2);")]
    [InlineData("TG3102", "var s = new System.Text.StringBuilder(); void P() { [|s|].Append(1); } if (x > 1) P(); return x + s.Length;")]
    [InlineData("TG3102", "var b = new Box(); void P() => [|b.N|]++; Tensor Q(Tensor t) { if (t > 1) P(); return t; } return Q(x) + b.N;")]
    [InlineData("TG3103", "var s = new System.Text.StringBuilder(); if (x > 1) Tool.[|Append|](s); return x + s.Length;")]
    [InlineData("TG3103", "var tool = new Tool(); if (x > 1) tool.[|Write|](); return x + tool.Text.Length;", true)]
    // By another name.
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var m = l; [|m.Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { List<int> m; m = l; [|m.Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "List<List<int>> l = [[], []]; if (x > 1) { foreach (var k in l) [|k.Add|](1); } return x + l[0].Count;")]
    [InlineData("TG3116", "List<List<int>> l = [[], []]; if (x > 1) { var k = l.First(); [|k.Add|](1); } return x + l[0].Count;")]
    [InlineData("TG3116", "var d = new Dictionary<string, List<int>> { [\"a\"] = [1] }; if (x > 1) { if (d.TryGetValue(\"a\", out var m)) [|m.Add|](1); } return x + d[\"a\"].Count;")]
    [InlineData("TG3116", "object o = new List<int>(); if (x > 1) { if (o is List<int> m) [|m.Add|](1); } return x + ((List<int>)o).Count;")]
    [InlineData("TG3116", "IList<int> l = new List<int>(); if (x > 1) [|((List<int>)l).Add|](1); return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var c = new Lists { Items = l }; [|c.Items.Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var a = new List<int>(); IEnumerable<List<int>> All() { yield return a; } if (x > 1) { foreach (var l in All()) [|l.Add|](1); } return x + a.Count;")]
    [InlineData("TG3116", "ILists s = new Kept(); if (x > 1) [|s.Get().Add|](1); return x + s.Get().Count;")]
    [InlineData("TG3101", "Func<int> Counter() { int n = 0; return () => [|n|]++; } var c = Counter(); if (x > 1) x += c(); return x + c();")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var (m, n) = (l, 1); [|m.Add|](n); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { List<int> m; int n; (m, n) = (l, 1); [|m.Add|](n); } return x + l.Count;")]
    [InlineData("TG3116", "var p = (new List<int>(), 1); if (x > 1) { var (m, n) = p; [|m.Add|](n); } return x + p.Item1.Count;")]
    [InlineData("TG3116", "var p = new Pair([], 1); if (x > 1) { var (m, n) = p; [|m.Add|](n); } return x + p.Left.Count;")]
    [InlineData("TG3116", "var p = new Pair([], 1); if (x > 1) { var ((m, n), k) = (p, 1); [|m.Add|](n); } return x + p.Left.Count;")]
    // In an object that is new itself.
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var c = new List<List<int>> { l }; [|c[0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { List<List<int>> c = [l]; [|c[0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var c = new[] { l }; [|c[0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var c = new List<List<int>>(); c.Add(l); [|c[0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var c = new List<int>[1]; c[0] = l; [|c[0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { List<List<int>> c = [l]; foreach (var k in c) [|k.Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { List<List<int>> c = [l]; var d = c; var k = d.First(); [|k.Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "List<List<int>> l = [[]]; if (x > 1) { List<List<int>> c = [.. l]; [|c[0].Add|](1); } return x + l[0].Count;")]
    [InlineData("TG3116", "List<List<int>> l = [[]]; if (x > 1) { var c = new List<List<int>>(l); [|c[0].Add|](1); } return x + l[0].Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var d = new Dictionary<string, List<int>> { [\"a\"] = l }; [|d[\"a\"].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var d = new Dictionary<string, List<int>> { { \"a\", l } }; if (d.TryGetValue(\"a\", out var k)) [|k.Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var c = new Lists(); c.Items = l; [|c.Items.Add|](1); } return x + l.Count;")]
    [InlineData("TG3102", "var l = new List<int>(); if (x > 1) { var c = new List<object> { l }; ([|(List<int>)c[0]|]).Add(1); } return x + l.Count;")]
    [InlineData("TG3102", "var b = new Box(); if (x > 1) { var c = new List<Box> { b }; [|c[0].N|] = 3; } return x + b.N;")]
    [InlineData("TG3116", "List<int> a = [1]; List<int> Even(int n) => n == 0 ? a : Odd(n - 1); List<int> Odd(int n) => n == 0 ? new List<int>() : Even(n - 1); if (x > 1) { var k = Odd(3); [|k.Add|](1); var m = Even(2); x += m.Count; } return x + a.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { List<List<List<int>>> c = [[l]]; [|c[0][0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var c = new[] { new[] { l } }; [|c[0][0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var c = new List<Lists> { new Lists { Items = l } }; [|c[0].Items.Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { List<List<int>> c = []; c = [l]; [|c[0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { List<List<int>> c; c = new List<List<int>> { l }; [|c[0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { List<List<int>>? c = null; c ??= [l]; [|c[0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { List<List<int>> c, d; c = d = [l]; [|c[0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var (c, n) = (new[] { l }, 1); [|c[0].Add|](n); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var c = l.Count > 5 ? [l] : new List<List<int>>(); [|c[0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var c = l.Count > 5 ? new Lists() : new Lists { Items = l }; [|c.Items.Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var c = new Lists { Items = l.Count > 5 ? [] : l }; [|c.Items.Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var c = l.Count switch { 5 => new Lists(), _ => new Lists { Items = l } }; [|c.Items.Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var p = new Pair([], 1); if (x > 1) { var q = p with { Right = 2 }; [|q.Left.Add|](1); } return x + p.Left.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var q = new Pair([], 1) with { Left = l }; [|q.Left.Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var p = new Pair([], 1); if (x > 1) { var q = p; var r = q with { Right = 2 }; [|r.Left.Add|](1); } return x + p.Left.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var c = new List<List<List<int>>>(); c.Add([l]); [|c[0][0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var c = new List<List<int>>[1]; c[0] = [l]; [|c[0][0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { List<List<int>> a = [l]; List<List<List<int>>> c = [a]; [|c[0][0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { List<List<List<int>>> c = [[l]]; var k = c[0]; [|k[0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { List<List<List<int>>> c = [[l]]; foreach (var k in c) foreach (var m in k) [|m.Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { foreach (var k in new[] { l }) [|k.Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) [|new List<List<int>> { l }[0].Add|](1); return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) [|new[] { l }.First().Add|](1); return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var c = new { Items = l }; [|c.Items.Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var c = (new[] { l }, 1); [|c.Item1[0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3102", "var b = new Box(); if (x > 1) { Box[][] c = [[b]]; [|c[0][0].N|] = 3; } return x + b.N;")]
    [InlineData("TG3116", "var l = new List<int>(); List<List<int>> Wrap(List<int> a) => [a]; if (x > 1) [|Wrap(l)[0].Add|](1); return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); Lists Make() { var r = new Lists(); r.Items = l; return r; } if (x > 1) { var c = Make(); [|c.Items.Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); List<List<int>> Even(int n) => n == 0 ? [l] : Odd(n - 1); List<List<int>> Odd(int n) => n == 0 ? [[]] : Even(n - 1); if (x > 1) { var c = Odd(3); [|c[0].Add|](1); } return x + l.Count;")]
    [InlineData("TG3116", "var l = new List<int>(); if (x > 1) { var c = Tool.Wrap(l); [|c[0].Add|](1); } return x + l.Count;")]
    // Where no statement is: conditions, returned values.
    [InlineData("TG3116", "var q = new Queue<int>([1, 2, 3, 4, 5, 6, 7, 8, 9]); while (x < [|q.Dequeue|]()) x += 3; return x + q.Count;")]
    [InlineData("TG3116", "var q = new Queue<int>([1, 2]); if (x > 1) { if ([|q.Dequeue|]() == 1) { if (x > 3) x += 1; } } return x + q.Count;")]
    [InlineData("TG3116", "var q = new Queue<int>([1, 2]); if (x > 1) return x + [|q.Dequeue|](); return x + q.Dequeue();")]
    // Other objects of the framework.
    [InlineData("TG3102", "var q = new PriorityQueue<int, int>(); if (x > 1) [|q|].Enqueue(1, 1); return x + q.Count;")]
    [InlineData("TG3102", "var w = new System.IO.StringWriter(); if (x > 1) [|w|].Write(\"abc\"); return x + w.ToString().Length;")]
    [InlineData("TG3102", "var s = new System.IO.MemoryStream(); if (x > 1) [|s|].WriteByte(1); return x + (float)s.Length;")]
    [InlineData("TG3102", "var s = new System.IO.MemoryStream(); if (x > 1) [|s|].SetLength(5); return x + (float)s.Length;")]
    [InlineData("TG3102", "var c = new System.Threading.CancellationTokenSource(); if (x > 1) [|c|].Cancel(); return c.IsCancellationRequested ? -x : x;")]
    [InlineData("TG3102", "var c = new System.Threading.Tasks.TaskCompletionSource<int>(); if (x > 1) [|c|].SetResult(1); return c.Task.IsCompleted ? -x : x;")]
    [InlineData("TG3102", "var c = System.Threading.Channels.Channel.CreateUnbounded<int>(); if (x > 1) [|c.Writer|].TryWrite(1); return x;")]
    [InlineData("TG3102", "int n = 0; IProgress<int> p = new Steps(); if (x > 1) [|p|].Report(1); return x + n;")]
    [InlineData("TG3102", "IEnumerator<int> e = ((IEnumerable<int>)[1, 2]).GetEnumerator(); e.MoveNext(); if (x > 1) [|e|].MoveNext(); return x + e.Current;")]
    // Code that was made ahead and runs there.
    [InlineData("TG3101", "int n = 0; IEnumerable<int> G() { n++; yield return 1; } var g = G(); if (x > 1) [|x += g.Count();|] return x + n;")]
    [InlineData("TG3101", "int n = 0; IEnumerable<int> G() { n++; yield return 1; } var g = G(); if (x > 1) [|{ foreach (var k in g) x += k; }|] return x + n;")]
    [InlineData("TG3102", "var g = Tool.Count(); if (x > 1) x += g.[|Count|](); return x + Tool.Calls;", true)]
    public void Is_an_error_where_it_stands(string id, string body, bool elsewhere = false)
    {
        if (elsewhere)
            Assert.Contains(Roslyn.Diagnostics(Roslyn.Usings + Program(body.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal))), d => d.Id == id);
        else
            Rule.Reports(id, Program(body));
    }

    [Theory]
    [InlineData("var l = new List<int>(); void P(List<int> q) { q.Add(1); } if (x > 1) { var m = new List<int>(); P(m); x += m.Count; } return x + l.Count;")]
    [InlineData("if (x > 1) { List<List<int>> l = [[], []]; foreach (var k in l) k.Add(1); x += l[0].Count; } return x;")]
    [InlineData("if (x > 1) x += Enumerable.Range(0, 3).Aggregate(new List<int>(), (all, t) => { all.Add(t); return all; }).Count; return x;")]
    [InlineData("return x > 1 ? x + Enumerable.Range(0, 3).Aggregate(new List<int>(), (all, t) => { all.Add(t); return all; }).Count : x;")]
    [InlineData("return x > 1 ? x + new Box().Next() : x;")]
    [InlineData("return x > 1 ? x + new System.Text.StringBuilder().Append(\"a\").Length : x;")]
    [InlineData("Tensor F() { var l = new List<Tensor>(); l.Add(x); return l[0]; } return x > 1 ? F() : -x;")]
    [InlineData("return x > 1 ? Tool.Total([x, x]) : -x;")]
    [InlineData("for (int i = 0; i < 5 + Tool.Fresh(); i++) { if (x < i) break; x += 1; } return x;")]
    [InlineData("if (x > 1) { var w = new System.IO.MemoryStream(); w.WriteByte(1); x += (float)w.Length; } return x;")]
    [InlineData("if (x > 1) { var s = new System.Text.StringBuilder(); Tool.Append(s); x += s.Length; } return x;")]
    [InlineData("int n = 1; var q = new[] { 1, 2 }.Select(t => n + t); if (x > 1) { foreach (var k in q) x += k; } return x + n;")]
    [InlineData("string s = \"a,b\"; if (x > 1) { var parts = s.Split(','); parts[0] = \"zz\"; x += parts[0].Length; } return x;")]
    [InlineData("if (x > 1) { var parts = Tool.Make(3); parts[0] = 7; x += parts[0]; } return x;")]
    [InlineData("float[] a = [1, 2]; if (x > 1) x += Tool.First(a); return x + a[0];")]
    [InlineData("var q = new Queue<int>([1, 2]); if (x > 1) return x; return x + q.Dequeue() + q.Count;")]
    [InlineData("var l = new List<int> { 1 }; for (int i = 0; i < 3; i++) { if (x > i) return x + l.Count; l.Add(i); x += 1; } return x + l.Count;")]
    [InlineData("Tensor First(params Tensor[] all) { all[0] = all[0] + 1; return all[0]; } return x > 1 ? First(x, x) : x;")]
    [InlineData("static Tensor[] Two(Tensor v) { var a = new Tensor[2]; a[0] = v; a[1] = v + 1; return a; } if (x > 1) { var a = Two(x); a[0] = x + 9; x = a[0] + a[1]; } return x;")]
    [InlineData("if (x > 1) { var l = Tool.Rates(true); l.Add(2); x += l.Count; } return x;")]
    [InlineData("if (x > 1) { var l = Tool.Assigned(3); l.Add(2); x += l.Count; } return x;")]
    [InlineData("float[] a = [1, 2]; if (x > 1) x += Tool.Sum(a); return x;")]
    [InlineData("if (x > 1) { Box? b = null; b ??= new Box(); b.N = 4; x += b.N; } return x;")]
    [InlineData("var l = new List<int> { 1 }; if (x > 1) { var (m, n) = (new List<int>(), l); m.Add(n.Count); x += m.Count; } return x + l.Count;")]
    [InlineData("if (x > 1) { var (m, n) = (new List<int>(), 3); m.Add(n); x += m.Count; } return x;")]
    [InlineData("if (x > 1) { List<int> m; int n; (m, n) = (new List<int>(), 3); m.Add(n); x += m.Count; } return x;")]
    [InlineData("if (x > 1) { List<List<int>> c = [[], new()]; c[0].Add(1); c.Add([2]); c[1] = c[0]; c[1].Add(3); foreach (var k in c) k.Add(4); x += c[0].Count; } return x;")]
    [InlineData("var l = new List<int> { 1 }; if (x > 1) { var c = new Lists { Items = l }; c.Items = [2, 3]; x += c.Items.Count; } return x + l.Count;")]
    [InlineData("var l = new List<int> { 1 }; if (x > 1) { var c = new List<List<int>> { l }; c.Add(l); c[0] = [1, 2]; x += c.Count; } return x + l.Count;")]
    [InlineData("int[] a = [1, 2]; if (x > 1) { List<int> c = [.. a]; c[0] = 5; c.Add(3); x += c.Count; } return x + a[0];")]
    [InlineData("List<int> Even(int n) => n == 0 ? new List<int>() : Odd(n - 1); List<int> Odd(int n) => n == 0 ? [1] : Even(n - 1); if (x > 1) { var k = Odd(3); k.Add(1); var m = Even(2); m.Add(2); x += k.Count + m.Count; } return x;")]
    [InlineData("var l = new List<int> { 1 }; if (x > 1) { List<List<List<int>>> c = [[[]], [l]]; c[0] = [[2], [3, 4]]; c[0].Add(l); c.Add([[5]]); x += c[0].Count + c.Count; } return x + l.Count;")]
    [InlineData("var p = new Pair([1], 1); if (x > 1) { var q = p with { Left = [2] }; q.Left.Add(1); x += q.Left.Count; } return x + p.Left.Count;")]
    [InlineData("if (x > 1) { var p = new Pair([1], 1); var q = p with { Right = 3 }; q.Left.Add(q.Right); x += p.Left.Count; } return x;")]
    [InlineData("var l = new List<int> { 1 }; if (x > 1) { var c = l.Count > 5 ? new Lists() : new Lists { Items = [.. l] }; c.Items.Add(4); x += c.Items.Count; } return x + l.Count;")]
    [InlineData("if (x > 1) { List<List<int>> a = [[1]]; List<List<List<int>>> c = [a, [[2]]]; c[0][0].Add(3); c = [[a[0]]]; c[0][0].Add(4); x += a[0].Count; } return x;")]
    [InlineData("var p = new Pair([1], 1); if (x > 1) { Pair q = p; q = q with { Right = 3 }; x += q.Right; } return x + p.Right;")]
    [InlineData("List<List<int>> Even(int n) => n == 0 ? [[1]] : Odd(n - 1); List<List<int>> Odd(int n) => n == 0 ? [[], []] : Even(n - 1); if (x > 1) { var c = Odd(3); c[0].Add(1); x += c[0].Count; } return x;")]
    [InlineData("Lists Make() { var r = new Lists(); r.Items = [1]; r.Items.Add(2); return r; } if (x > 1) { var c = Make(); c.Items.Add(1); x += c.Items.Count; } return x;")]
    [InlineData("var p = new Pair([1, 2], 3); Pair Copy(Pair q) => new([.. q.Left], q.Right); if (x > 1) { var c = Copy(p); c.Left.Add(1); x += c.Left.Count; } return x + p.Left.Count;")]
    [InlineData("if (x > 1) { Span<int> s = stackalloc int[2]; s[0] = 4; x += s[0]; } return x;")]
    [InlineData("if (x > 1) { var s = new int[] { 3, 1 }.AsSpan(); s.Sort(); x += s[0]; } return x;")]
    public void Is_none_where_nobody_else_knows_the_object(string body)
    {
        string program = Program(body);
        Assert.DoesNotContain(Roslyn.Diagnostics(Roslyn.Usings + program), d => d.Severity == DiagnosticSeverity.Error);
        Assembly loaded = Roslyn.Load(program);
        foreach (float x in new[] { 0f, 2f, 7f })
            BothWays.AssertEqual(loaded, "Step", () => [(Tensor)x]);
    }

    private static string Program(string body) => $$"""
        public class Box { public int N; public int Next() => ++N; }
        public class Lists { public List<int> Items = []; }
        public interface ILists { List<int> Get(); }
        public class Kept : ILists { private readonly List<int> _kept = []; public List<int> Get() => _kept; }
        public record Pair(List<int> Left, int Right);
        public class Steps : IProgress<int> { void IProgress<int>.Report(int value) { } }
        public class Tool
        {
            public static int Calls;
            private readonly System.IO.StringWriter _text = new();
            public string Text => _text.ToString();
            public void Write() => _text.Write("abc");
            public static void Append(System.Text.StringBuilder to) => to.Append("abc");
            public static IEnumerable<int> Count() { Calls++; yield return 1; }
            public static Tensor Total(Tensor[] all) { all[0] = all[0] + 1; return all[0]; }
            public static int Fresh() { var list = new List<int>(); list.Add(1); return list.Count; }
            public static List<int> Rates(bool some) => some ? new List<int> { 1 } : [1, 2];
            public static List<int> Assigned(int n) { List<int> l; if (n > 2) l = new(); else l = [n]; return l; }
            public static float Sum(IReadOnlyList<float> all) { using var e = all.GetEnumerator(); float s = 0; while (e.MoveNext()) s += e.Current; return s; }
            public static List<List<int>> Wrap(List<int> a) => [a];
            public static int[] Make(int n) => new int[n];
            public static float First(float[] of) { var copy = (float[])of.Clone(); copy[0] += 1; return copy[0]; }
        }
        public partial class Model
        {
            public readonly List<string> Lines = new();

            [GraphFunction]
            public Tensor Step(Tensor x)
            {
                {{body}}
            }
        }
        """;
}
