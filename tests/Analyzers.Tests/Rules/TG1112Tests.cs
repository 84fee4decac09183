using Microsoft.CodeAnalysis;

namespace TensorGraph.Tests.Rules;

/// <summary>A call that runs tensor control flow in another assembly, or through a type of one.</summary>
public sealed class TG1112Tests
{
    private const string Library = """
        namespace Lib;

        public static class Plain
        {
            public static Tensor Clip(Tensor x) => Inner(x) + 1;
            public static Tensor AddOne(Tensor x) => x + 1;
            public static Tensor Generic<T>(Tensor x, T[] items) => x > 0 ? x : -x;
            private static Tensor Inner(Tensor x)
            {
                if (x.Sum() > 1)
                    x = x / 2;
                return x;
            }
        }

        public class Holder(Tensor value)
        {
            public Tensor Value => value > 1 ? value : 1f;
            public static Tensor operator +(Holder holder, Tensor x) => x > 0 ? x : -x;
            public Tensor this[int i] { get { if (value > i) return value; return 1f; } }
            public Tensor Marked(Tensor x) => x;
        }

        public static partial class Marked
        {
            [GraphFunction]
            public static Tensor Entry(Tensor x) => Helper(x);
            public static Tensor Helper(Tensor x)
            {
                while (x > 1)
                    x = x / 2;
                return x;
            }
        }

        public abstract class Layer
        {
            public abstract Tensor Call(Tensor x);
            public Tensor Twice(Tensor x) => Call(Call(x));
        }

        public interface IStep
        {
            Tensor Step(Tensor x);
        }
        """;

    private static readonly byte[] s_library = Roslyn.Library(Library);

    [Theory]
    [InlineData("Lib.Plain.[|Clip|](x)", "'Plain.Clip'", "assembly 'Library'", "Mark it with [GraphFunction] there.")]
    [InlineData("Lib.Plain.[|Generic<int>|](x, [])", "'Plain.Generic'", "assembly 'Library'", "Mark it")]
    [InlineData("Apply(Lib.Plain.[|Clip|], x)", "'Plain.Clip'", "assembly 'Library'", "Mark it")]
    [InlineData("Helper(x)", "'Plain.Clip'", "assembly 'Library'", "Mark it")]
    [InlineData("new Lib.Holder(x).[|Value|]", "'Holder.Value'", "assembly 'Library'", "Move the code to a [GraphFunction] method there.")]
    [InlineData("[|new Lib.Holder(x) + x|]", "'Holder.op_Addition'", "assembly 'Library'", "Move the code")]
    [InlineData("[|new Lib.Holder(x)[2]|]", "'Holder.this[]'", "assembly 'Library'", "Move the code")]
    [InlineData("Layer.[|Call|](x)", "'Layer.Call'", "so 'Clipped.Call' runs as it is written", "partial interface of this project")]
    [InlineData("Step.[|Step|](x)", "'IStep.Step'", "so 'Clipped.Step' runs as it is written", "partial interface of this project")]
    public void Is_reported_at_the_call(string call, params string[] facts)
    {
        bool inHelper = call == "Helper(x)";
        string marked = Program(call, inHelper ? "Lib.Plain.[|Clip|](x)" : "Lib.Plain.AddOne(x)");
        Diagnostic found = Assert.Single(Found(marked.Replace("[|", "", StringComparison.Ordinal).Replace("|]", "", StringComparison.Ordinal)));
        Assert.Equal("TG1112", found.Id);
        string unmarked = Roslyn.Usings + marked;
        Assert.Equal(unmarked.IndexOf("[|", StringComparison.Ordinal), found.Location.SourceSpan.Start);
        Assert.Equal(unmarked.IndexOf("|]", StringComparison.Ordinal) - 2, found.Location.SourceSpan.End);
        string message = found.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains("graph function 'Run'", message, StringComparison.Ordinal);
        Assert.All(facts, fact => Assert.Contains(fact, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Lib.Plain.AddOne(x)")]
    [InlineData("new Lib.Holder(x).Marked(x)")]
    [InlineData("Lib.Marked.Entry(x)")]
    [InlineData("Lib.Marked.Helper(x)")]
    [InlineData("Ops.HostCall(values => [Lib.Plain.Clip(values[0])], [x.Type], x)[0]")]
    [InlineData("new Clipped().Call(x)")]
    public void Is_not_reported_for_what_converts(string call) => Assert.Empty(Found(Program(call, "x")));

    [Theory]
    [InlineData("Lib.Marked.Entry(x)")]
    [InlineData("Lib.Marked.Helper(x) + 1")]
    [InlineData("Ops.HostCall(values => [Lib.Plain.Clip(values[0]), Lib.Marked.Helper(values[0])], [x.Type, x.Type], x)[1]")]
    [InlineData("new Clipped().Call(x)")]
    public void What_is_not_reported_runs(string call)
    {
        System.Reflection.Assembly program = Roslyn.Load(Program(call, "x"), s_library);
        foreach (float x in new[] { 0f, 5f, 40f })
            BothWays.AssertEqual(program, "Run", () => [(Tensor)x]);
    }

    private static string Program(string call, string helper) => $$"""
        public partial class Model
        {
            public readonly List<string> Lines = new();
            private Lib.Layer Layer = new Clipped();
            private Lib.IStep Step = new Clipped();

            [GraphFunction]
            public Tensor Run(Tensor x) => {{call}};

            public Tensor NotTraced(Tensor x) => Lib.Plain.Clip(x);

            private static Tensor Helper(Tensor x) => {{helper}};

            private static Tensor Apply(Func<Tensor, Tensor> f, Tensor x) => f(x);
        }

        public partial class Clipped : Lib.Layer, Lib.IStep
        {
            public override Tensor Call(Tensor x) => x > 3 ? x / 3 : x;
            public Tensor Step(Tensor x) => x > 3 ? x / 3 : x;
        }
        """;

    private static IEnumerable<Diagnostic> Found(string source) =>
        Roslyn.Diagnostics(Roslyn.Compilation(Roslyn.Usings + source).AddReferences(MetadataReference.CreateFromImage(s_library)));

    [Theory]
    [InlineData("IProgress<Tensor>", "[|Report|](x)")]
    [InlineData("IDisposable", "[|Dispose|]()")]
    public void What_a_foreign_interface_may_come_to_is_reported(string type, string call) => Rule.Reports("TG1112", Through(type, call));

    [Theory]
    [InlineData("IProgress<string>", "Report(\"a\")")]
    [InlineData("IComparer<string>", "Compare(\"a\", \"b\")")]
    [InlineData("IMine", "Dispose()")]
    public void An_implementation_that_the_object_cannot_be_does_not_count(string type, string call) => Assert.Empty(Found(Through(type, call)));

    private static string Through(string type, string call) => $$"""
        public class Clip : IProgress<Tensor>, IDisposable, IComparer<int>
        {
            private readonly Tensor _t = 1f;
            public void Report(Tensor v) { if (v.Sum() > 1) Ops.Print("large", v); }
            public void Dispose() { if (_t > 1) Ops.Print("gone", _t); }
            public int Compare(int a, int b) { if (_t > 2) Ops.Print("odd", _t); return a - b; }
        }
        public interface IMine : IDisposable;
        public partial class Model { [GraphFunction] public Tensor Step(Tensor x, {{type}} p) { p.{{call}}; return x; } }
        """;
}
