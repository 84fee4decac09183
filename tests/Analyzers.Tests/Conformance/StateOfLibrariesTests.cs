using System.Reflection;
using TensorGraph.Analyzers;

namespace TensorGraph.Tests.Conformance;

/// <summary>Mutable state of another assembly: fields and properties that are named here are compared by each call; what a method there reads is not seen (docs/conversion-rules.md).</summary>
public sealed class StateOfLibrariesTests
{
    private const string Library = """
        public class Kept
        {
            public static float Static = 1;
            public float Field = 1;
            public float Property { get; set; } = 1;
            public float Getter => 2 * Field;
            public float Method() => Field;
            public float this[int i] => Field;
            public static float StaticMethod() => Static;
            public static void Set(Kept kept, float value) => (Static, kept.Field, kept.Property) = (value, value, value);
        }
        """;

    [Theory]
    [InlineData("Kept.Static")]
    [InlineData("_kept.Field")]
    [InlineData("_kept.Property")]
    [InlineData("_kept.Getter")]
    public void What_is_named_is_compared(string read)
    {
        Assembly program = Program(read);
        Assert.Equal(Run(program, "Step"), Run(program, TwinNames.Entry("Step")));
    }

    /// <summary>A documented limit. It is lifted by an argument.</summary>
    [Theory]
    [InlineData("Kept.StaticMethod()")]
    [InlineData("_kept.Method()")]
    [InlineData("_kept[0]")]
    public void What_a_method_there_reads_stays_as_it_was(string read)
    {
        Assembly program = Program(read);
        Assert.Equal(["10", "20", "30"], Run(program, "Step"));
        Assert.Equal(["10", "10", "10"], Run(program, TwinNames.Entry("Step")));
        Assert.Equal(["10", "20", "30"], Run(program, TwinNames.Entry("Given"), read));
    }

    private static Assembly Program(string read) => Roslyn.Load($$"""
        public partial class Model
        {
            private readonly Kept _kept = new();
            public void Change(float value) => Kept.Set(_kept, value);
            public float Read() => {{read}};
            [GraphFunction] public Tensor Step(Tensor x) => x * {{read}};
            [GraphFunction] public Tensor Given(Tensor x, float rate) => x * rate;
        }
        """, Roslyn.Library(Library));

    private static string[] Run(Assembly program, string method, string? read = null)
    {
        Type type = program.GetType("Model")!;
        object model = Activator.CreateInstance(type)!;
        return [.. new[] { 1f, 2f, 3f }.Select(value =>
        {
            type.GetMethod("Change")!.Invoke(model, [value]);
            object[] arguments = read is null ? [(Tensor)10f] : [(Tensor)10f, type.GetMethod("Read")!.Invoke(model, null)!];
            return ((Tensor)type.GetMethod(method)!.Invoke(model, arguments)!).ToString()!;
        })];
    }
}
