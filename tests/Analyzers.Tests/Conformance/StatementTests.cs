using System.Reflection;

namespace TensorGraph.Tests.Conformance;

/// <summary>The constructs that no matrix reaches, one method each: traced equals imperative.</summary>
public sealed class StatementTests
{
    private static readonly Lazy<Assembly> s_program = new(() => Roslyn.Load(Source));

    [Theory]
    [InlineData("ElseIf")]
    [InlineData("EarlyReturns")]
    [InlineData("ReturnInBoth")]
    [InlineData("MixedReturn")]
    [InlineData("Ternaries")]
    [InlineData("TernaryTuple")]
    [InlineData("ShortCircuit")]
    [InlineData("SwitchWhen")]
    [InlineData("SwitchWhenReturns")]
    [InlineData("HostSwitch")]
    [InlineData("SwitchExpression")]
    [InlineData("Tuples")]
    [InlineData("TupleResult")]
    [InlineData("Records")]
    [InlineData("Fields")]
    [InlineData("FieldByHelper")]
    [InlineData("Elements")]
    [InlineData("TryFinally")]
    [InlineData("UsingBlock")]
    [InlineData("LocalFunction")]
    [InlineData("LocalFunctionAtEnd")]
    [InlineData("LambdaChanges")]
    [InlineData("LambdaWithControlFlow")]
    [InlineData("MethodGroup")]
    [InlineData("GenericHelper")]
    [InlineData("ExtensionHelper")]
    [InlineData("VirtualHelper")]
    [InlineData("NestedFunction")]
    [InlineData("HostRecursion")]
    [InlineData("Throws")]
    [InlineData("ThrowInElse")]
    [InlineData("ThrowInTernary")]
    [InlineData("ConditionWithAssignment")]
    [InlineData("NestedLoops")]
    [InlineData("WhileOnFlagVariable")]
    [InlineData("Unassigned")]
    [InlineData("UnassignedFromLoop")]
    [InlineData("HostCodeAround")]
    [InlineData("Shadows")]
    [InlineData("Keywords")]
    [InlineData("SwapInLoop")]
    [InlineData("DeepNesting")]
    [InlineData("StaticLocals")]
    public void Traced_equals_imperative(string method)
    {
        foreach ((int x, int y, int mode) in new[] { (1, 2, 0), (5, 2, 1), (9, 9, 2), (0, 7, 3), (-4, 1, 0) })
            BothWays.AssertEqual(s_program.Value, method, () => [(Tensor)x, (Tensor)y, mode]);
    }

    private const string Source = """
        public record Pair(Tensor First, Tensor Second);
        public abstract partial class Scale { public abstract Tensor Of(Tensor x); public virtual Tensor Twice(Tensor x) => x * 2; }
        public partial class Halving : Scale { public override Tensor Of(Tensor x) { if (x > 4) return x / 2; return x; } }
        public partial class Negating : Scale { public override Tensor Of(Tensor x) => -x; public override Tensor Twice(Tensor x) { while (x < 10) x = x + 3; return x; } }
        public static partial class Extensions { public static Tensor Clip(this Tensor x, int limit) { if (x > limit) return limit * Ops.OnesLike(x); return x; } }
        public sealed class Scope(List<string> lines) : IDisposable { public void Dispose() => lines.Add("left"); }
        public partial class Model
        {
        """ + BothWays.LogMember + """

            private Tensor _state = 3;
            private Tensor State { get; set; } = 4;
            private readonly Tensor[] _cells = { 1, 2, 3 };
            private readonly Scale[] _scales = { new Halving(), new Negating() };

            [GraphFunction] public Tensor ElseIf(Tensor x, Tensor y, int mode)
            {
                if (x > 6) y = y + 1; else if (x > 3) { y = y + 2; } else if (mode == 0) y = y + 3; else y = y + 4;
                return y;
            }
            [GraphFunction] public Tensor EarlyReturns(Tensor x, Tensor y, int mode)
            {
                if (x > 6) return y;
                if (mode == 3) return x;
                if (x > 3) { if (y > 1) return x + y; x = x + 1; }
                else if (y > 3) return x * 3;
                Log(x);
                if (y > 1) { Log(y); return x * y; }
                return x;
            }
            [GraphFunction] public Tensor ReturnInBoth(Tensor x, Tensor y, int mode) { if (x > 3) return x; else return y; }
            [GraphFunction] public Tensor MixedReturn(Tensor x, Tensor y, int mode)
            {
                for (int i = 0; i < 3; i++)
                {
                    if (mode == i) return x + i;
                    if (x > 8) return y + i;
                    x = x + 2;
                }
                return x * 10;
            }
            [GraphFunction] public Tensor Ternaries(Tensor x, Tensor y, int mode)
            {
                Tensor a = x > 3 ? x : y > 3 ? y : x + y;
                Tensor b = mode == 1 ? x : y;
                return x > y ? a + b : a - b;
            }
            [GraphFunction] public Tensor TernaryTuple(Tensor x, Tensor y, int mode)
            {
                (Tensor a, Tensor b) = x > 3 ? (x, y) : (y, x);
                return a * 10 + b;
            }
            private Tensor Shown(Tensor x) { Log(x); return x; }
            [GraphFunction] public Tensor ShortCircuit(Tensor x, Tensor y, int mode)
            {
                if (x > 3 && Shown(y) > 1) x = x + 1;
                if (x > 3 || Shown(y) > 1) x = x + 10;
                if (!(x > 3) && (mode == 0 || Shown(x) > 2)) x = x + 100;
                Tensor both = x > 2 && y > 2;
                return both ? x : y;
            }
            [GraphFunction] public Tensor SwitchWhen(Tensor x, Tensor y, int mode)
            {
                switch (mode)
                {
                    case 0 when x > 0: y = y + 1; break;
                    case 1 when x > 9: y = y + 2; break;
                    case 2: if (x > 3) break; y = y + 3; break;
                    case > 0 when y > 1: { y = y * 5; break; }
                    default: y = y + 7; break;
                }
                return y;
            }
            [GraphFunction] public Tensor SwitchWhenReturns(Tensor x, Tensor y, int mode)
            {
                switch (mode)
                {
                    case int m when x > m + 3: return x + m;
                    case 1: y = y + 2; break;
                    case 2 when y > 20: x = x + 1; return x;
                    default: Log(y); break;
                }
                return x * 100 + y;
            }
            [GraphFunction] public Tensor HostSwitch(Tensor x, Tensor y, int mode)
            {
                switch (mode)
                {
                    case 0: if (x > 0) y = y + 1; break;
                    case 1: if (x > 4) return y; y = y + 5; break;
                    case 2: while (y > 3) { y = y - 1; if (x > 5) break; } break;
                    default: if (y > 5) break; y = y + 100; break;
                }
                return y * 2;
            }
            [GraphFunction] public Tensor SwitchExpression(Tensor x, Tensor y, int mode) => mode switch
            {
                0 when x > 0 => x + 1,
                1 => y > 1 ? x : y,
                int m when m > 1 && x > 4 => x * m,
                _ => y * 3,
            };
            [GraphFunction] public Tensor Tuples(Tensor x, Tensor y, int mode)
            {
                (Tensor First, Tensor Second) pair = (x, y);
                while (pair.First < 20)
                {
                    pair = (pair.Second + 1, pair.First + 2);
                    if (pair.Second > 12) pair.First = pair.First + 30;
                }
                (x, y) = pair;
                return x * 100 + y;
            }
            [GraphFunction] public (Tensor, Tensor Sum) TupleResult(Tensor x, Tensor y, int mode)
            {
                if (x > 3) return (x, x + y);
                for (Tensor i = 0; i < y; i++) { x = x + i; if (x > 2) return (i, x); }
                return (y, x);
            }
            [GraphFunction] public Tensor Records(Tensor x, Tensor y, int mode)
            {
                var pair = new Pair(x, y);
                for (Tensor i = 0; i < 3; i++)
                    pair = pair with { First = pair.First + pair.Second, Second = i };
                return pair.First * 10 + pair.Second;
            }
            [GraphFunction] public Tensor Fields(Tensor x, Tensor y, int mode)
            {
                _state = 3 + x; State = y;
                while (_state < 20) { _state = _state + State + 5; if (x > 3) this.State = State + 1; }
                Tensor result = _state * 100 + State;
                _state = 3; State = 4;
                return result;
            }
            private void Advance(Tensor by) { _state = _state + by; }
            [GraphFunction] public Tensor FieldByHelper(Tensor x, Tensor y, int mode)
            {
                _state = x;
                for (Tensor i = 0; i < 4; i++) { Advance(i); if (_state > 6) Advance(y); }
                Tensor result = _state;
                _state = 3;
                return result;
            }
            [GraphFunction] public Tensor Elements(Tensor x, Tensor y, int mode)
            {
                var cells = new Tensor[] { x, y };
                if (x > 3) cells[1] = x + 5;
                while (cells[0] < 9) cells[0] = cells[0] + cells[1] + 2;
                return cells[0] * 10 + cells[1];
            }
            [GraphFunction] public Tensor TryFinally(Tensor x, Tensor y, int mode)
            {
                try { if (x > 3) return y; x = x + 1; Log(x); }
                finally { y = y + 1; }
                return x + y;
            }
            [GraphFunction] public Tensor UsingBlock(Tensor x, Tensor y, int mode)
            {
                using (new Scope(new List<string>()))
                {
                    while (x > 2) { x = x - 2; if (y > 5) return x; }
                }
                return x + y;
            }
            [GraphFunction] public Tensor LocalFunction(Tensor x, Tensor y, int mode)
            {
                Tensor Up(Tensor v) { if (v > 3) return v + y; while (v < 0) v = v + 5; return v; }
                return Up(x) * 10 + Up(y);
            }
            [GraphFunction] public Tensor LocalFunctionAtEnd(Tensor x, Tensor y, int mode)
            {
                if (x > 3) return Up(x);
                if (y > 3) x = Up(y);
                return Up(x) + 1;
                static Tensor Up(Tensor v) { if (v > 6) return v * 2; return v; }
            }
            [GraphFunction] public Tensor LambdaChanges(Tensor x, Tensor y, int mode)
            {
                Tensor total = 0;
                void Add(Tensor v) => total = total + v;
                Action twice = () => { total = total * 2; };
                for (Tensor i = 0; i < 3; i++) { Add(i + x); if (x > 3) twice(); }
                if (y > 3) Add(100);
                return total;
            }
            [GraphFunction] public Tensor LambdaWithControlFlow(Tensor x, Tensor y, int mode)
            {
                Func<Tensor, Tensor> f = v => { if (v > 3) return v - y; return v + (y > 3 ? y : v); };
                return f(x) * 10 + new[] { x, y }.Select(v => f(v)).Aggregate((a, b) => a > b ? a : b);
            }
            private static Tensor Limit(Tensor v) { if (v > 4) return v - 4; return v; }
            [GraphFunction] public Tensor MethodGroup(Tensor x, Tensor y, int mode)
            {
                Func<Tensor, Tensor> limit = Limit;
                return new[] { x, y }.Select(Limit).Aggregate((a, b) => a * 10 + b) + limit(x);
            }
            private static Tensor Pick<T>(T tag, Tensor a, Tensor b) { if (a > b) return a; return tag is int ? b : a; }
            [GraphFunction] public Tensor GenericHelper(Tensor x, Tensor y, int mode) => Pick(mode, x, y) * 10 + Pick<string>("", x, y);
            [GraphFunction] public Tensor ExtensionHelper(Tensor x, Tensor y, int mode) => x.Clip(mode + 2) + Extensions.Clip(y, 5);
            [GraphFunction] public Tensor VirtualHelper(Tensor x, Tensor y, int mode)
            {
                foreach (Scale scale in _scales) { x = scale.Of(x) + scale.Twice(y); if (x > 50) return x; }
                return x;
            }
            [GraphFunction] public Tensor Inner(Tensor v) { if (v > 2) return v * 3; return v; }
            [GraphFunction] public Tensor NestedFunction(Tensor x, Tensor y, int mode)
            {
                for (Tensor i = 0; i < 2; i++) { x = Inner(x) + i; }
                return x > y ? Inner(y) : x;
            }
            private static Tensor Power(Tensor v, int depth) { if (depth == 0) return v; v = Power(v, depth - 1); if (v > 5) v = v - 3; return v + depth; }
            [GraphFunction] public Tensor HostRecursion(Tensor x, Tensor y, int mode) => Power(x, 3) + Power(y, mode);
            [GraphFunction] public Tensor Throws(Tensor x, Tensor y, int mode)
            {
                Log(x);
                if (x > 8) throw new InvalidOperationException($"x is {x} and y {y}");
                if (x < 0) { y = y + 1; throw new InvalidOperationException("negative"); }
                return x + y;
            }
            [GraphFunction] public Tensor ThrowInElse(Tensor x, Tensor y, int mode)
            {
                Tensor z;
                if (x > 0) z = x * 2; else throw new InvalidOperationException($"mode {mode}");
                while (true) { z = z + 1; if (z > 100) throw new InvalidOperationException("lost"); if (z > 7) return z; }
            }
            [GraphFunction] public Tensor ThrowInTernary(Tensor x, Tensor y, int mode) => x > 0 ? x + y : throw new InvalidOperationException($"x is {x}");
            [GraphFunction] public Tensor ConditionWithAssignment(Tensor x, Tensor y, int mode)
            {
                Tensor last;
                while ((last = x + y) < 20) { x = x + 4; if (x > 12) continue; Log(x); }
                do { y = y + 1; } while ((x = x - 2) > 5);
                return last * 10000 + x * 100 + y;
            }
            [GraphFunction] public Tensor NestedLoops(Tensor x, Tensor y, int mode)
            {
                for (Tensor i = 0; i < 4; i++)
                {
                    for (int k = 0; k < 3; k++)
                    {
                        foreach (Tensor j in Ops.Range(y))
                        {
                            if (j > i) break;
                            if (x > 60) return x + j;
                            x = x + j + k;
                        }
                        if (x > 30) break;
                    }
                    if (x > 45) { Log(i); break; }
                }
                return x;
            }
            [GraphFunction] public Tensor WhileOnFlagVariable(Tensor x, Tensor y, int mode)
            {
                Tensor done = false;
                while (!done) { x = x + 3; done = x > 10 || y > 8; }
                return x;
            }
            [GraphFunction] public Tensor Unassigned(Tensor x, Tensor y, int mode)
            {
                Tensor a, b;
                if (x > 3) { a = x; b = y; } else { a = y; if (y > 3) b = x + 1; else b = x + 2; }
                return a * 10 + b;
            }
            [GraphFunction] public Tensor UnassignedFromLoop(Tensor x, Tensor y, int mode)
            {
                Tensor a, b;
                do { a = x * 2; x = x + 1; } while (a < 10);
                while (true) { b = a + y; a = a + 1; if (b > 20) break; }
                return a * 100 + b;
            }
            [GraphFunction] public Tensor HostCodeAround(Tensor x, Tensor y, int mode)
            {
                var parts = Enumerable.Range(1, mode + 1).Select(k => x * k).ToList();
                string name = $"{mode}:{parts.Count}";
                var seen = new Dictionary<string, Tensor> { ["a"] = y };
                if (name.Length > 2) seen["a"] = y + 1;
                foreach (Tensor part in parts) { if (part > 4) seen["a"] = seen["a"] + part; }
                return seen["a"];
            }
            [GraphFunction] public Tensor Shadows(Tensor x, Tensor y, int mode)
            {
                if (x > 3) { Tensor z = x + 1; y = y + z; } else { Tensor z = x + 2; y = y * z; }
                for (Tensor i = 0; i < 2; i++) { Tensor z = i; y = y + z; }
                for (Tensor i = 0; i < 3; i++) { Tensor z = i; y = y + z; }
                return y;
            }
            [GraphFunction] public Tensor Keywords(Tensor x, Tensor y, int mode)
            {
                Tensor @in = x, @while = y;
                while (@in < 5) { @in = @in + 2; if (@while > 3) @while = @while - 1; }
                return @in * 10 + @while;
            }
            [GraphFunction] public Tensor SwapInLoop(Tensor x, Tensor y, int mode)
            {
                Tensor old = x;
                for (Tensor i = 0; i < 3; i++) { (x, y) = (y, x + 1); old = x; x++; y += 2; y -= 1; }
                return old * 1000 + x * 10 + y;
            }
            [GraphFunction] public Tensor DeepNesting(Tensor x, Tensor y, int mode)
            {
                while (x < 30)
                {
                    if (y > 2)
                    {
                        for (Tensor i = 0; i < 3; i++)
                        {
                            if (i > 1) { if (x > 20) return x; else continue; }
                            do { x = x + 2; if (x > 25) break; } while (x < y);
                            if (mode == 1 && x > 22) break;
                        }
                    }
                    else x = x + 9;
                    x++;
                }
                return x * 2;
            }
            [GraphFunction] public static Tensor StaticLocals(Tensor x, Tensor y, int mode)
            {
                const int limit = 5;
                var (a, b) = (x, y);
                if (a > limit) (a, b) = (b, a);
                return a * 10 + b;
            }
        }
        """;
}
