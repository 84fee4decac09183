using System.Reflection;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests.Conformance;

/// <summary>The output of a graph function: Ops.Print with every call and in program order, Console.WriteLine only while it is traced, with symbols for tensors.</summary>
public sealed class PrintTests
{
    // Marks the lines of this class: the console belongs to the whole process.
    private const string Mark = "printed:";

    private static readonly Lock s_console = new();

    private static readonly Lazy<Assembly> s_program = new(() => Roslyn.Load($$"""
        public partial class Model
        {
            [GraphFunction] public void Lone(Tensor x, Tensor y) { Ops.Print("{{Mark}}", x); }
            [GraphFunction] public void Several(Tensor x, Tensor y) { Ops.Print("{{Mark}} x is", x); Ops.Print("{{Mark}} y is", y, "and x", x); }
            [GraphFunction] public void Values(Tensor x, Tensor y)
            {
                Ops.Print("{{Mark}}", x, 3, null, true, 1.5, "text", new Dictionary<string, int> { ["foo"] = 1 }.Count);
            }
            [GraphFunction] public void Vectors(Tensor x, Tensor y) { Ops.Print("{{Mark}}", Ops.Stack([x, y, x + y]), x > y); }
            [GraphFunction] public void InBranch(Tensor x, Tensor y) { if (x == 0) Ops.Print("{{Mark}} zero", y); else if (x > y) { Ops.Print("{{Mark}} large", x); } }
            [GraphFunction] public void InLoop(Tensor x, Tensor y)
            {
                while (x < y) { Ops.Print("{{Mark}} turn", x); foreach (Tensor i in Ops.Range(x)) { if (i > 1) break; Ops.Print("{{Mark}} inner", i); } x = x + 2; }
                Ops.Print("{{Mark}} end", x);
            }
            [GraphFunction] public Tensor BeforeUse(Tensor x, Tensor y) { Ops.Print("{{Mark}} first"); Tensor z = x * y; Ops.Print("{{Mark}} second", z); if (z > 3) return z; Ops.Print("{{Mark}} third"); return x; }
            [GraphFunction] public Tensor InOperand(Tensor x, Tensor y) => x > 0 && Shown(y) > 1 ? Shown(x) : y;
            [GraphFunction] public void ByHelper(Tensor x, Tensor y) { Shown(x); for (int i = 0; i < 2; i++) Shown(y + i); }
            private static Tensor Shown(Tensor v) { Ops.Print("{{Mark}} shown", v); return v; }
            [GraphFunction] public Tensor OnTheHost(Tensor x, Tensor y) { Console.WriteLine($"{{Mark}} {x}"); return x + y; }
        }
        """));

    [Theory]
    [InlineData("Lone")]
    [InlineData("Several")]
    [InlineData("Values")]
    [InlineData("Vectors")]
    [InlineData("InBranch")]
    [InlineData("InLoop")]
    [InlineData("BeforeUse")]
    [InlineData("InOperand")]
    [InlineData("ByHelper")]
    public void Traced_prints_the_same_lines_with_every_call(string method)
    {
        foreach ((int x, int y) in new[] { (1, 2), (0, 7), (5, 2), (0, 1) })
        {
            string[] lines = Printed(method, x, y);
            Assert.Equal(lines, Printed(TwinNames.Entry(method), x, y));
            Assert.True(lines.Length > 0 || method is "InBranch" or "InOperand");
        }
    }

    [Fact]
    public void Console_lines_appear_while_tracing_only()
    {
        object model = Activator.CreateInstance(s_program.Value.GetType("Model")!)!;

        Assert.Equal(["printed: Tensor(x: i32[])"], Printed(TwinNames.Entry("OnTheHost"), 1, 2, model));
        Assert.Empty(Printed(TwinNames.Entry("OnTheHost"), 3, 4, model));
        Assert.Equal(["printed: 1"], Printed("OnTheHost", 1, 2, model));
    }

    private static string[] Printed(string method, int x, int y, object? model = null)
    {
        Type type = s_program.Value.GetType("Model")!;
        using var printed = new StringWriter();
        lock (s_console)
        {
            TextWriter console = Console.Out;
            Console.SetOut(TextWriter.Synchronized(printed));
            try
            {
                type.GetMethod(method)!.Invoke(model ?? Activator.CreateInstance(type), BindingFlags.DoNotWrapExceptions, null, [(Tensor)x, (Tensor)y], null);
            }
            finally
            {
                Console.SetOut(console);
            }
        }

        return [.. printed.ToString().ReplaceLineEndings("\n").Split('\n').Where(line => line.StartsWith(Mark, StringComparison.Ordinal))];
    }
}
