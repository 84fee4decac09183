using System.Reflection;

namespace TensorGraph.Tests.Rules;

/// <summary>The head of a C# loop that a tensor may leave has an effect.</summary>
public sealed class TG3117Tests
{
    private const string Id = "TG3117";

    [Theory]
    [InlineData("int i; for (i = 0; i < 3; [|i|]++) { if (x > 5) break; x = x + 1; } return x * i;")]
    [InlineData("int i = 0; while ([|i|]++ < 3) { if (x > 5) break; x = x + 1; } return x * i;")]
    [InlineData("int i = 0; do { if (x > 5) break; x = x + 1; } while (([|i|] += 1) < 3); return x * i;")]
    [InlineData("Tensor y = x; for (int i = 0; i < 3; i++, [|y|] = y + 1) { if (x > 5) break; x = x + 1; } return y;")]
    [InlineData("for (int i = 0; i < 3; i++, [|Total|]++) { if (x > 5) break; x = x + 1; } return x;")]
    [InlineData("for (int i = 0; [|Next|]() && i < 3; i++) { if (x > 5) break; x = x + 1; } return x;")]
    [InlineData("for (int i = 0; i < 3; i++) { for (int j = 0; [|Next|]() && j < 3; j++) { if (x > 5) return x; x = x + 1; } } return x;")]
    [InlineData("foreach (int i in [|Walk|](3)) { if (x > 5) break; x = x + i; } return x;")]
    [InlineData("foreach (int i in Enumerable.Range(0, 3).Select(n => [|Next|]() ? n : 0)) { if (x > 5) break; x = x + i; } return x;")]
    [InlineData("while ([|_queue.Dequeue|]() > 0) { if (x > 5) break; x = x + 1; } return x;")]
    [InlineData("for (int i = 0; i < 3; i++, [|Ops.Print|](x)) { if (x > 5) break; x = x + 1; } return x;")]
    [InlineData("var b = new Box(); for (int i = 0; [|b.N|]++ < 5; i++) { if (x > i) break; x += 1; } return x + b.N;")]
    [InlineData("var b = new Box(); while ([|b.N|]++ < 5) { if (x > 3) break; x += 1; } return x + b.N;")]
    [InlineData("var l = new List<int>(); void P() => l.Add(1); for (int i = 0; i < 5; [|P|](), i++) { if (x < i) break; x += 1; } return x + l.Count;")]
    [InlineData("int n = 0; IEnumerable<int> G() { for (; n < 3; n++) yield return n; } var g = G(); foreach (int i in [|g|]) { if (x > 5) break; x = x + i; } return x + n;")]
    [InlineData("for (int i = 0; i < [|Three|](); i++) { if (x > 5) break; x = x + 1; } return x; int Three() { _w.AssignAdd(1f); return 3; }")]
    [InlineData("for (int i = 0; i < 3; i++, [|Add|](x)) { if (x > 5) break; x = x + 1; } return x; Tensor Add(Tensor t) { return Deep(t); Tensor Deep(Tensor u) { _w.AssignAdd(1f); return u; } }")]
    [InlineData("Func<int, bool> go = i => { _w.AssignAdd(1f); return i < 3; }; for (int i = 0; [|go|](i); i++) { if (x > 5) break; x = x + 1; } return x;")]
    [InlineData("Func<int, bool> go = Logged; for (int i = 0; [|go|](i); i++) { if (x > 5) break; x = x + 1; } return x;")]
    [InlineData("foreach (int i in [|Own|]()) { if (x > 5) break; x = x + i; } return x; IEnumerable<int> Own() { yield return 1; _w.AssignAdd(1f); yield return 2; }")]
    [InlineData("foreach (Tensor t in new[] { x, x }.Select([|Logged|])) { if (x > 5) break; x = x + t; } return x;")]
    [InlineData("foreach (Tensor t in new[] { x, x }.Select(this.[|Logged|])) { if (x > 5) break; x = x + t; } return x;")]
    [InlineData("foreach ((int i, Tensor t) in new[] { x, x }.Select([|Logged|]).Index()) { if (x > 5) break; x = x + t * i; } return x;")]
    [InlineData("foreach (Tensor t in new[] { x, x }.Select([|Prep|])) { if (x > 5) break; x = x + t; } return x; Tensor Prep(Tensor t) { _w.AssignAdd(1f); return t; }")]
    [InlineData("foreach (Tensor t in new[] { x, x }.Select(t => [|Prep|](t))) { if (x > 5) break; x = x + t; } return x; Tensor Prep(Tensor t) { _w.AssignAdd(1f); return t; }")]
    [InlineData("var q = new[] { x, x }.Select(Logged); foreach (Tensor t in [|q|]) { if (x > 5) break; x = x + t; } return x;")]
    [InlineData("var q = new[] { x, x }.Select(t => Logged(t)); foreach (Tensor t in [|q|].Skip(1)) { if (x > 5) break; x = x + t; } return x;")]
    [InlineData("var q = from t in new[] { x, x } let u = Logged(t) where Small(1) select u * 2; foreach (Tensor t in [|q|]) { if (x > 5) break; x = x + t; } return x;")]
    [InlineData("foreach (Tensor t in from t in new[] { x, x } let u = [|Logged|](t) select u * 2) { if (x > 5) break; x = x + t; } return x;")]
    [InlineData("foreach (Tensor t in [|Later|](x)) { if (x > 5) break; x = x + t; } return x;")]
    [InlineData("foreach (int i in [|new Steps(_w)|]) { if (x > 5) break; x = x + i; } return x;")]
    [InlineData("foreach (int i in [|new Walked(_w)|]) { if (x > 5) break; x = x + i; } return x;")]
    [InlineData("var q = new[] { x, x }.Select(Prep); foreach (Tensor t in [|q|]) { if (x > 5) break; x = x + t; } return x; Tensor Prep(Tensor t) { _w.AssignAdd(1f); return t; }")]
    [InlineData("var q = Later(x); foreach (Tensor t in [|q|]) { if (x > 5) break; x = x + t; } return x;")]
    [InlineData("Func<Tensor, Tensor> f = Logged; foreach (Tensor t in new[] { x, x }.Select([|f|])) { if (x > 5) break; x = x + t; } return x;")]
    [InlineData("var q = new[] { x, x }.Select(Logged); while ([|q|].Any()) { if (x > 5) break; x = x + 1; } return x;")]
    [InlineData("foreach (int i in [|Counted|]()) { if (x > 5) break; x = x + i; } return x;")]
    [InlineData("foreach (int i in [|Two|]()) { if (x > 5) break; x = x + i; } return x;")]
    [InlineData("foreach (int i in [|Three|]()) { if (x > 5) break; x = x + i; } return x;")]
    [InlineData("foreach (int i in [|Filling|]()) { if (x > 5) break; x = x + i; } return x;")]
    [InlineData("var q = Two(); foreach (int i in [|q|]) { if (x > 5) break; x = x + i; } return x;")]
    [InlineData("foreach (int i in [|Outer|]()) { if (x > 5) break; x = x + i; } return x; IEnumerable<int> Outer() => Inner(); IEnumerable<int> Inner() => new[] { 1, 2 }.Select(i => Next() ? i : 0);")]
    [InlineData("var seen = new List<int>(); foreach (int i in new[] { 1, 2 }.Select(i => { [|seen.Add|](i); return i; })) { if (x > 5) break; x = x + i; } return x * seen.Count;")]
    public void Is_reported_at_the_effect(string body) => Rule.Reports(Id, Program(body));

    // What is not reported gives the same both ways.
    [Theory]
    [InlineData("for (int i = 0; i < 3; i++) { if (x > 5) break; x = x + 1; } return x;")]
    [InlineData("int i = 0; while (i++ < 3) { if (x > 5) break; x = x + i; } i = 7; return x * i;")]
    [InlineData("var b = new Box(); while (b.N++ < 3) { if (x > 5) break; x = x + 1; } return x;")]
    [InlineData("for (int i = 0, j = 5; i < j; i++, j--) { if (x > 5) return x * 2; x = x + i * j; } return x;")]
    [InlineData("int i; for (i = 0; i < 3; i++) { x = x + 1; } return x * i;")]
    [InlineData("foreach (int i in Pure(4).Where(n => n != 2)) { if (x > 5) break; x = x + i; } return x;")]
    [InlineData("for (int i = 0; Small(i); i++) { if (x > 5) continue; if (x > 3) break; x = x + i; } return x;")]
    [InlineData("int n = 0; for (int i = 0; i < 3; i++) { if (x > 5) return x; n = i; x = x + n; } return x + n;")]
    [InlineData("foreach (Tensor t in new[] { x, x }.Select(Logged).ToList()) { if (x > 5) break; x = x + t; } return x + _w;")]
    [InlineData("var q = new[] { x, x }.Select(Logged).ToArray(); foreach (Tensor t in q) { if (x > 5) break; x = x + t; } return x + _w;")]
    [InlineData("foreach (Tensor t in new[] { x, x }.Select(Twice)) { if (x > 5) break; x = x + t; } return x; Tensor Twice(Tensor t) => t * 2;")]
    [InlineData("foreach (Tensor t in from t in new[] { x, x } let u = t * 2 where Small(1) select u + t) { if (x > 5) break; x = x + t; } return x;")]
    [InlineData("foreach (int i in new Plain()) { if (x > 5) break; x = x + i; } return x;")]
    [InlineData("Func<int, bool> go = i => i < 3; for (int i = 0; go(i); i++) { if (x > 5) break; x = x + 1; } return x;")]
    [InlineData("foreach (Tensor t in Ahead(x)) { if (x > 5) break; x = x + t; } return x + _w;")]
    [InlineData("foreach (Tensor t in Listed(x)) { if (x > 5) break; x = x + t; } return x + _w;")]
    [InlineData("foreach (Tensor t in Later(x).ToList().Skip(1)) { if (x > 5) break; x = x + t; } return x + _w;")]
    [InlineData("foreach (int i in Fresh()) { if (x > 5) break; x = x + i; } return x;")]
    public void Is_not_reported_where_nobody_can_tell(string body)
    {
        string program = Program(body).Replace("_count++;", "", StringComparison.Ordinal);
        Assert.Empty(Roslyn.Diagnostics(Roslyn.Usings + program));
        Assembly loaded = Roslyn.Load(program);
        foreach (float x in new[] { 0f, 3f, 4f, 9f })
            BothWays.AssertEqual(loaded, "Step", () => [(Tensor)x]);
    }

    private static string Program(string body) => $$"""
        public class Box { public int N; }
        public partial class Steps(Variable w)
        {
            public Walk GetEnumerator() => new(w);
            public sealed class Walk(Variable w) { private int _i; public int Current => _i; public bool MoveNext() { w.AssignAdd(1f); return ++_i < 4; } }
        }
        public partial class Walked(Variable w) { public IEnumerator<int> GetEnumerator() { yield return 1; w.AssignAdd(1f); yield return 2; } }
        public partial class Plain
        {
            public Walk GetEnumerator() => new();
            public sealed class Walk { private int _i; public int Current => _i; public bool MoveNext() => ++_i < 4; }
        }
        public partial class Model
        {
            private readonly Variable _w = new(0f);
            public readonly List<string> Lines = new();
            private int _count;
            private int Total { get; set; }
            private readonly Queue<int> _queue = new();

            [GraphFunction]
            public Tensor Step(Tensor x)
            {
                {{body}}
            }

            private bool Next() { _count++; return true; }

            private Tensor Logged(Tensor t) { _w.AssignAdd(1f); return t; }

            private bool Logged(int i) { _w.AssignAdd(1f); return i < 3; }

            private IEnumerable<Tensor> Later(Tensor t) => new[] { t, t }.Select(u => Logged(u));

            private IEnumerable<int> Counted() => new[] { 1, 2, 3 }.Select(i => { _count++; return i; });

            private IEnumerable<int> Two() => Counted();

            private IEnumerable<int> Three() { var all = Walk(3); return all.Skip(1); }

            private IEnumerable<int> Filling() { return new[] { 1, 2, 3 }.Where(i => { _queue.Enqueue(i); return true; }); }

            private IEnumerable<Tensor> Ahead(Tensor t) => new[] { t, t }.Select(u => Logged(u)).ToList();

            private IEnumerable<Tensor> Listed(Tensor t) { var list = new List<Tensor>(); foreach (Tensor u in Later(t)) list.Add(u); return list; }

            private static IEnumerable<int> Fresh() { int n = 0; var seen = new List<int>(); return new[] { 1, 2, 3 }.Select(i => { n++; seen.Add(i); return i; }); }

            private static bool Small(int i) => i < 3;

            private IEnumerable<int> Walk(int n) { for (int i = 0; i < n; i++) { _count++; yield return i; } }

            private static IEnumerable<int> Pure(int n) { for (int i = 0; i < n; i++) yield return i; }
        }
        """;
}
