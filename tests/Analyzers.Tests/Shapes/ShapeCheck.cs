using Microsoft.CodeAnalysis;

namespace TensorGraph.Tests.Shapes;

/// <summary>Reports of the shape analysis about statements of a method.</summary>
internal static class ShapeCheck
{
    // Members that the statements of the tables use.
    private const string Members = """
        private readonly Variable _w = new(Ops.Zeros(784, 10));
        private Variable _v = new(Ops.Zeros(784, 10));
        private readonly Tensor _table;
        [Shape("?, 3")] private Tensor _declared = Ops.Zeros(2, 3);
        [Shape("n, 4")] public Tensor Declared { get; set; } = Ops.Zeros(1, 4);
        public Model(Tensor table) => _table = table;
        public static Tensor Rows([Shape("batch, 784")] Tensor x, [Shape("batch")] Tensor y) => x;
        [return: Shape("batch, 10")] public static Tensor Logits([Shape("batch, 784")] Tensor x) => Ops.MatMul(x, Ops.Zeros(784, 10));
        [GraphFunction(InputSignature = ["f32[batch, 784]", "i32[batch]"])] public Tensor Signed(Tensor x, Tensor y) => x;
        public static void Change(ref Tensor x) { }
        public static T Same<T>(T x) => x;
        """;

    /// <summary>IDs and messages, in order.</summary>
    public static string[] Of(string statements, string parameters = "") =>
        [.. Found(statements, parameters).Select(d => $"{d.Id}: {d.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}")];

    private static IEnumerable<Diagnostic> Found(string statements, string parameters)
    {
        string source = Roslyn.Usings + "public partial class Model\n{\n" + Members + $"\npublic void Run({parameters})\n{{\n{statements}\n}}\n}}";
        Diagnostic[] errors = [.. Roslyn.Compilation(source).GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error)];
        Assert.True(errors.Length == 0, string.Join("\n", errors.AsEnumerable()));
        return Roslyn.Diagnostics(source).Where(d => d.Descriptor.Category == "Shapes");
    }
}
