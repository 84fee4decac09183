using System.Globalization;
using System.Reflection;

namespace TensorGraph.Tests;

/// <summary>Whatever goes wrong while a method is traced points into the user's file, though generated code runs.</summary>
public sealed class SourcePositionTests
{
    private const string Source = """
        public partial class Model
        {
            public readonly List<string> Lines = new();

            [GraphFunction]
            public Tensor Mismatch(Tensor x)
            {
                if (x.Sum() > 0)
                {
                    x = x + 1;
                    x = x.Reshape(7); // mismatch
                }
                return x;
            }

            [GraphFunction]
            public Tensor Throws(Tensor x, bool now)
            {
                for (Tensor i = 0; i < 3; i++)
                {
                    x = x +
                        (now ? Missing() : 1); // throws
                }
                return x;
            }

            private static int Missing() => throw new NotImplementedException();

            [GraphFunction]
            public Tensor Counted(Tensor x)
            {
                Lines.Add("traced");
                return x + 1;
            }

            public Tensor CallsCounted(Tensor x) => Counted(x) + this?.Counted(x)!;
        }
        """;

    private static readonly Assembly s_program = Roslyn.Load(Source);

    private static readonly string[] s_lines = (Roslyn.Usings + Source).Split('\n');

    [Fact]
    public void An_error_of_an_op_names_the_users_line()
    {
        GraphException failure = Assert.Throws<GraphException>(() => Call("__Mismatch_Entry", (Tensor)new float[] { 1, 2, 3 }));
        Assert.Contains("Model.cs:" + LineOf("// mismatch"), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stack_trace_names_the_users_line()
    {
        NotImplementedException failure = Assert.Throws<NotImplementedException>(() => Call("__Throws_Entry", (Tensor)1, true));
        string line = (int.Parse(LineOf("// throws"), CultureInfo.InvariantCulture) - 1).ToString(CultureInfo.InvariantCulture);
        Assert.Contains("Model.cs:line " + line, failure.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_written_in_the_project_are_intercepted()
    {
        object model = Activator.CreateInstance(s_program.GetType("Model")!)!;
        string result = BothWays.Run(model, "CallsCounted", [(Tensor)2]);
        Assert.Equal("6 after [traced]", result);
    }

    private static string LineOf(string mark) => (Array.FindIndex(s_lines, line => line.Contains(mark, StringComparison.Ordinal)) + 1).ToString(CultureInfo.InvariantCulture);

    private static object? Call(string method, params object[] arguments)
    {
        object model = Activator.CreateInstance(s_program.GetType("Model")!)!;
        return model.GetType().GetMethod(method)!.Invoke(model, BindingFlags.DoNotWrapExceptions, null, arguments, null);
    }
}
