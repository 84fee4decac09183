using System.Text.RegularExpressions;

namespace TensorGraph.Tests.Fuzz;

/// <summary>The C# around the random bodies: what their productions name.</summary>
internal static partial class FuzzedSource
{
    public const string Shared = """
        public sealed partial class Box { public Tensor V = 0; public Tensor W { get; set; } = 0; }
        public record Pair(Tensor L, Tensor R);
        public record struct Two(Tensor L, Tensor R);
        public sealed class Guard : IDisposable { public void Dispose() { } }
        public partial interface IRule { Tensor Of(Tensor x); }
        public sealed partial class Low : IRule { public Tensor Of(Tensor x) => x > 1 ? x - 1 : x; }
        public sealed partial class High : IRule { public Tensor Of(Tensor x) { if (x < 5) return x + 2; return x; } }
        public static partial class Other { public static Tensor Step(Tensor x, int times) { for (int i = 0; i < times % 3; i++) { if (x > 4) x = x - 3; } return x; } }
        public static partial class Extensions { public static Tensor Twice(this Tensor x) => x > 3 ? x : x * 2; }

        """;

    // Only where a body names them: programs without may run on two threads at once.
    private static bool UsesStatics(string body) => body.Contains("s_", StringComparison.Ordinal);

    /// <summary>The class of a program, over i32 or f64.</summary>
    public static string Class(string name, string body, bool isFloat) => isFloat
        ? Numbers().Replace(Text(name, body), "(double)(${number})").Replace("DType.I32", "DType.F64", StringComparison.Ordinal)
        : Numbers().Replace(Text(name, body), "${number}");

    [GeneratedRegex("‹(?<number>[^‹›]*)›", RegexOptions.ExplicitCapture)]
    private static partial Regex Numbers();

    private static string Text(string name, string body) => $$"""
        public partial class {{name}}
        {
        {{FuzzedMembers.Text}}
            {{(UsesStatics(body) ? "private static Tensor? s_cache, s_last; private static Tensor s_shared = 0;" : "")}}
            private Tensor State = 0, _clipped = 0;
            private Tensor Clipped { get => _clipped; set => _clipped = value > 5 ? value - 5 : value; }
            private readonly Box Own = new();
            private Func<Tensor, Tensor> Hook = v => v;
            private readonly Variable Kept = new(‹0›);
            private int _count;
            public int Knob;
            public IRule Rule = new Low();
            private static T Same<T>(T x) => x;
            private static Tensor Apply(Func<Tensor, Tensor> f, Tensor x) { if (x > 1) return f(x); return x; }
            private static void Split(Tensor x, out Tensor y) { if (x > 2) y = x - 2; else y = x; }
            private static void Raise(ref Tensor x) { if (x < 3) x = x + 1; }
            private static Tensor Optional(Tensor x, int by = 2) => x > by ? x - by : x;
            private static Tensor Total(params Tensor[] all) { Tensor sum = ‹0›; foreach (Tensor t in all) { if (t > 1) sum = sum + t; } return sum; }

            [GraphFunction]
            public Tensor F(Tensor a, Tensor b, Tensor xs, Tensor ys, int n, bool flag, string mode)
            {
                Tensor c = a - b;
                State = b;
                Clipped = a;
                Own.W = b;
                {{(UsesStatics(body) ? "s_shared = a;" : "")}}
                int k = 0;
                (Tensor X, Tensor Y) p = (b, a);
                Tensor[] arr = [a, b];
                List<Tensor> items = [b, c];
                var box = new Box { V = a, W = b };
                var rec = new Pair(a, c);
                var st = new Two(b, c);
                var dict = new Dictionary<string, Tensor> { ["k"] = a };
                var list = new TensorArray { b };
                Tensor? opt = null;
        {{body}}
                return Ops.Sum(Ops.Stack([a, b * 3, c * 5, State * 7, p.X * 11, p.Y * 13, arr[0] * 17, arr[1] * 19, items[0] * 23, box.V * 29, box.W * 31,
                    rec.L * 37, rec.R * 41, st.L * 43, st.R * 47, dict["k"] * 53, list[0] * 59, (opt ?? ‹0›) * 61, ‹k * 67›]));
            }
        }

        """;
}
