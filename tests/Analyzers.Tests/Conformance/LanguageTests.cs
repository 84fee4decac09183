namespace TensorGraph.Tests.Conformance;

/// <summary>Features of C# that stand beside tensor control flow, or hold it.</summary>
public sealed class LanguageTests
{
    private static readonly Programs s_programs = new(""""
        private Tensor Bent(Tensor v) { if (v > 3) return v * 2; return -v; }
        private Tensor Seen(Tensor v) { Log(v); return v; }
        private Tensor? _maybe;
        private sealed class Node { public Tensor Value = 0; public Node? Next; }
        private readonly partial record struct Money(Tensor Amount)
        {
            public static Money operator +(Money a, Money b) => new(a.Amount > b.Amount ? a.Amount + b.Amount : a.Amount - b.Amount);
            public static bool operator true(Money m) => true;
            public static bool operator false(Money m) => false;
        }
        private interface IShape { Tensor Area(Tensor v); Tensor Twice(Tensor v) => Area(v) + Area(v); static abstract IShape Make(); }
        private sealed class Square : IShape { public Tensor Area(Tensor v) => v * v; public static IShape Make() => new Square(); }
        private static Tensor Of<T>(Tensor v) where T : IShape { IShape s = T.Make(); if (v > 3) return s.Area(v); return s.Area(-v); }
        private Tensor Folded(params IEnumerable<Tensor> all) { Tensor s = 0; foreach (Tensor v in all) { if (v > 3) s = s + v; else s = s - v; } return s; }
        private Tensor Spread(params ReadOnlySpan<Tensor> all) { Tensor s = 0; for (int i = 0; i < all.Length; i++) { if (all[i] > 3) s = s * 10 + all[i]; } return s; }
        [GraphFunction] public Tensor DefaultsOfLambdas(Tensor x, Tensor y, int mode)
        {
            var f = (Tensor v, int k = 3) => { if (v > k) return v - k; return v; }; var g = (params Tensor[] all) => { Tensor s = x; foreach (Tensor v in all) if (v > 1) s = s + v; return s; };
            Tensor Local(Tensor v, float k = 2, params float[] more) { if (v > k) return v * k + more.Sum(); return v; }
            return f(x) + f(y, 5) + g() + g(x, y) + Local(x) + Local(y, 1, 2, 3) + Local(k: 4, v: x);
        }
        [GraphFunction] public Tensor ParamsCollections(Tensor x, Tensor y, int mode) { if (x > y) x = Folded(x, y, x + y); return Folded([x, .. new[] { y, x }]) + Spread(x, y) + Spread() + Folded(); }
        [GraphFunction] public Tensor FunctionsInArrays(Tensor x, Tensor y, int mode)
        {
            Func<Tensor, Tensor>[] all = [Bent, v => { while (v > 1) v = v - 3; return v; }, static v => v > 0 ? v : -v]; Tensor s = all[mode % 3](x); foreach (var f in all) s = s + f(y);
            return s + (mode > 1 ? all[0] : all[1])(x) + all[^1](all[0](y));
        }
        [GraphFunction] public Tensor CurriedAndComposed(Tensor x, Tensor y, int mode)
        {
            Func<Tensor, Func<Tensor, Tensor>> over = k => v => { if (v > k) return v - k; return v; };
            Func<Tensor, Tensor> Then(Func<Tensor, Tensor> f, Func<Tensor, Tensor> g) => v => g(f(v)); return Then(over(y), Then(Bent, over(1)))(x) + over(x)(y);
        }
        [GraphFunction] public Tensor RecursiveLambda(Tensor x, Tensor y, int mode)
        {
            Func<Tensor, int, Tensor> f = null!; f = (v, n) => n == 0 ? v : f(v > 3 ? v - 1 : v + 1, n - 1); Tensor Go(Tensor v, int n) { if (n == 0) return v; if (v > y) v = v - y; return Go(v + 1, n - 1); }
            return f(x, mode) * 10 + Go(x, mode);
        }
        [GraphFunction] public Tensor ListPatterns(Tensor x, Tensor y, int mode)
        {
            Tensor[] all = mode switch { 0 => [], 1 => [x], 2 => [x, y], _ => [x, y, x + y] };
            return all switch { [] => x, [var one] => one > 3 ? one : -one, [var first, .., var last] when first > last => first - last, [_, .. var rest] => rest.Aggregate((a, b) => a > b ? a : b) };
        }
        [GraphFunction] public Tensor TuplePatterns(Tensor x, Tensor y, int mode)
        {
            switch (mode, x > y) { case (0, _): x = x + 1; break; case ( > 1, var larger) when larger: x = y; break; case (_, not null) and (not 3, _): if (x > 3) x = x * 2; break; default: x = -x; break; } return x;
        }
        [GraphFunction] public Tensor NullConditional(Tensor x, Tensor y, int mode)
        {
            Node? node = mode > 0 ? new Node { Value = x } : null; node?.Next = new Node { Value = x > 3 ? y : x }; node?.Value += 1; _maybe = mode == 2 ? null : y;
            if (y > 1) { x = node?.Value ?? x; } return x + (node?.Next?.Value ?? 0) + (_maybe ?? x) + (_maybe is { } some && mode < 3 ? some : y);
        }
        [GraphFunction] public Tensor CollectionForms(Tensor x, Tensor y, int mode)
        {
            List<Tensor> all = [x, .. mode > 1 ? [y, y] : Array.Empty<Tensor>(), x > y ? x : y]; Span<Tensor> some = [x, y]; var map = new Dictionary<string, Tensor> { ["a"] = x > 3 ? x : y, ["b"] = y };
            if (y > 3) some[0] = some[0] + 1; return all.Aggregate((a, b) => a * 3 + b) + some[0] + map["a"] * map["b"] + all[..1].Count;
        }
        [GraphFunction] public Tensor TextForms(Tensor x, Tensor y, int mode)
        {
            string raw = $$"""{ {{mode}} } "a" """; ReadOnlySpan<byte> bytes = "ab"u8; const string name = "c"; string verbatim = $@"{mode}\n"; if (x > 3) { x = x + raw.Length + bytes.Length; } return x + verbatim.Length + $"{name}{mode,4:D2}".Length + '\e';
        }
        [GraphFunction] public Tensor OperatorForms(Tensor x, Tensor y, int mode)
        {
            var sum = new Money(x) + new Money(y); sum += new Money(1); int k = mode; k <<= 2; k ^= 3; k = ~k & 0xFF; x = x > 3 ? x / 2 : x % 3; checked { k = k * 2; } uint u = unchecked((uint)-1) >>> 30; return sum.Amount + x + k + u;
        }
        [GraphFunction] public Tensor StaticAbstracts(Tensor x, Tensor y, int mode) { IShape s = new Square(); if (x > y) x = s.Twice(x); return Of<Square>(x) + s.Area(y); }
        [GraphFunction] public Tensor Spans(Tensor x, Tensor y, int mode)
        {
            Span<int> sizes = stackalloc int[3]; sizes.Fill(mode + 1); sizes[1] = 5; Tensor s = 0; foreach (ref int size in sizes) { size++; if (x > size) s = s + size; else s = s + y; } return s * sizes[..2].ToArray().Sum();
        }
        [GraphFunction] public Tensor LinqForms(Tensor x, Tensor y, int mode)
        {
            Tensor[] all = [x, y, x + y, x * y]; var pairs = all.Zip(all.Skip(1), (a, b) => a > b ? a - b : b - a).ToList(); var groups = all.Select((v, i) => (v, i)).GroupBy(p => p.i % 2).ToDictionary(g => g.Key, g => g.Select(p => p.v).Aggregate((a, b) => a > b ? a : b));
            var flat = pairs.SelectMany((v, i) => Enumerable.Repeat(v, i)).Chunk(2).Select(c => c.Length == 2 && mode > 1 ? c[0] + c[1] : c[0]); var q = from v in all.Reverse() let w = v > 3 ? v : -v where mode < 3 orderby mode descending select w + 1;
            return flat.Concat(q).Append(groups[0]).Prepend(groups[1]).Aggregate(x, (a, b) => a > b ? a + b : a - b) + pairs.TakeWhile((_, i) => i < mode).Count();
        }
        [GraphFunction] public Tensor OrderOfNamedArguments(Tensor x, Tensor y, int mode)
        {
            Tensor Take(Tensor a, Tensor b, Tensor c) { if (a > b) return c; return a * 100 + b * 10 + c; } return Take(c: Seen(x + 1), a: Seen(x), b: Seen(y)) + Take(Seen(y), c: Seen(x > 3 ? x : y), b: Seen(x));
        }
        [GraphFunction] public Tensor LocalsOfEveryKind(Tensor x, Tensor y, int mode)
        {
            (Tensor a, (Tensor b, int n)) = (x, (y, mode)); (a, b) = (b > 3 ? b : a, a); var anonymous = new { A = a > b ? a : b, N = n }; Tensor @if = anonymous.A, größe = 1; if (@if > größe) { (größe, @if) = (@if, größe); }
            for (var (i, t) = (0, x); i < 2; (i, t) = (i + 1, t + y)) { if (t > 3) a = a + t; } return a * 10 + b + größe + anonymous.N + @if;
        }
        [GraphFunction] public Tensor GotoCases(Tensor x, Tensor y, int mode)
        {
            switch (mode) { case 0: x = x > 3 ? x : y; break; case 1: case 2: if (x > 3) { x = y; } break; default: { Tensor inner = x; if (inner > 0) inner = -inner; x = inner; break; } } return x;
        }
        [GraphFunction] public Tensor ThrowForms(Tensor x, Tensor y, int mode)
        {
            Tensor a = mode == 3 ? throw new InvalidOperationException("three") : x; string? s = mode == 1 ? null : "s"; try { a = a + (s ?? throw new FormatException("f")).Length; } catch (FormatException e) when (e.Message.Length == 1) { a = a - 1; }
            return a > 8 ? throw new InvalidOperationException($"a {a}") : a + y;
        }
        """");

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
