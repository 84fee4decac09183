using System.Reflection;

namespace TensorGraph.Tests;

/// <summary>An exception while tracing has the user's file and line, whatever the throwing code stands in.</summary>
public sealed class StackTraceTests
{
    private const string Source = """
        public partial class Model
        {
            [GraphFunction]
            public Tensor InLambda(Tensor x)
            {
                Func<Tensor, Tensor> step = t =>
                {
                    if (t > 0)
                        t = t + 1;
                    return Fail(t); // InLambda
                };
                return step(x);
            }

            [GraphFunction]
            public Tensor InExpressionLambda(Tensor x)
            {
                Func<Tensor, Tensor> step = t => Fail(t); // InExpressionLambda
                return step(x);
            }

            [GraphFunction]
            public Tensor InLocalFunction(Tensor x)
            {
                return Step(x);
                Tensor Step(Tensor t)
                {
                    while (t > 1)
                        t = t / 2;
                    return Fail(t); // InLocalFunction
                }
            }

            [GraphFunction]
            public Tensor InLoop(Tensor x)
            {
                for (int i = 0; i < 3; i++)
                {
                    if (x > 9)
                        break;
                    x = Fail(x); // InLoop
                }
                return x;
            }

            [GraphFunction]
            public Tensor InCopiedLoop(Tensor x)
            {
                foreach (int i in new[] { 1, 2 })
                {
                    for (int j = 0; j < 3; j++)
                        x = Fail(x); // InCopiedLoop
                }
                return x;
            }

            [GraphFunction]
            public Tensor InSwitch(Tensor x, int mode = 1)
            {
                Tensor y = mode switch
                {
                    0 => x,
                    1 => Fail(x), // InSwitch
                    _ => -x,
                };
                return y;
            }

            [GraphFunction]
            public Tensor InStagedSwitch(Tensor x)
            {
                switch (x)
                {
                    case var t when t > 3:
                        x = Fail(t); // InStagedSwitch
                        break;
                    default:
                        x = -x;
                        break;
                }
                return x;
            }

            [GraphFunction]
            public Tensor InCondition(Tensor x)
            {
                while (Fail(x) > 0) // InCondition
                    x = x - 1;
                return x;
            }

            [GraphFunction]
            public Tensor InOtherFile(Tensor x) => Other.Helper(x);

            internal static Tensor Fail(Tensor x) => throw new NotImplementedException();
        }
        """;

    private const string Other = """
        public static partial class Other
        {
            public static Tensor Helper(Tensor x)
            {
                if (x > 1)
                    x = x * 2;
                return Model.Fail(x); // InOtherFile
            }
        }
        """;

    private static readonly Assembly s_program = Roslyn.Load([Source, Other]);

    [Theory]
    [InlineData("InLambda")]
    [InlineData("InExpressionLambda")]
    [InlineData("InLocalFunction")]
    [InlineData("InLoop")]
    [InlineData("InCopiedLoop")]
    [InlineData("InSwitch")]
    [InlineData("InStagedSwitch")]
    [InlineData("InCondition")]
    [InlineData("InOtherFile")]
    public void The_trace_names_the_line(string method)
    {
        object model = Activator.CreateInstance(s_program.GetType("Model")!)!;
        MethodInfo entry = model.GetType().GetMethod($"__{method}_Entry")!;
        object[] arguments = entry.GetParameters().Length == 1 ? [(Tensor)5] : [(Tensor)5, 1];
        var failure = Assert.Throws<NotImplementedException>(() => entry.Invoke(model, BindingFlags.DoNotWrapExceptions, null, arguments, null));
        string file = method == "InOtherFile" ? "Model2.cs" : "Model.cs";
        string[] lines = (Roslyn.Usings + (method == "InOtherFile" ? Other : Source)).Split('\n');
        int line = Array.FindIndex(lines, l => l.EndsWith($"// {method}", StringComparison.Ordinal)) + 1;
        Assert.Contains($"{file}:line {line}", failure.StackTrace, StringComparison.Ordinal);
    }
}
