using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace TensorGraph.Tests;

/// <summary>The commands for saved models.</summary>
public sealed partial class SavedModelTests : IDisposable
{
    private static readonly Variable s_scale = new(2f, "scale");

    private readonly string _folder = Directory.CreateTempSubdirectory("tensorgraph-cli-").FullName;

    public SavedModelTests() => SavedModel.Save(Model,
    [
        new("serving_default", GraphFunction.Of(Scale).GetConcreteFunction(TensorSpec.Parse("f32[batch, 2]"))) { Outputs = ["scores"] },
        new("label", GraphFunction.Of(Label).GetConcreteFunction(TensorSpec.Parse("f32[]"), TensorSpec.Parse("bool[3]"))) { Method = SignatureMethod.Classify },
    ]);

    private string Model => At("two_heads");

    private string At(string name) => Path.Combine(_folder, name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [GraphFunction]
    public static Tensor Scale(Tensor x) => x * s_scale;

    [GraphFunction]
    public static Tensor Same(Tensor x) => x;

    [GraphFunction]
    public static (Tensor A, Tensor B) Label(Tensor limit, Tensor flags) => (Ops.Where(flags, limit, -1f), flags.Cast(DType.I64));

    [Fact]
    public void A_model_is_shown_as_saved_model_cli_shows_one()
    {
        Assert.Equal("""
            The given SavedModel contains the following tag-sets:
            'serve'

            The given SavedModel MetaGraphDef contains SignatureDefs with the following keys:
            SignatureDef key: "serving_default"
            SignatureDef key: "label"

            """, Tool.Run("saved", "show", Model), ignoreLineEndingDifferences: true);
        Assert.Equal("""

            MetaGraphDef with tag-set: 'serve' contains the following SignatureDefs:

            signature_def['serving_default']:
              The given SavedModel SignatureDef contains the following input(s):
                inputs['x'] tensor_info:
                    dtype: DT_FLOAT
                    shape: (-1, 2)
                    name: serving_default_x:0
              The given SavedModel SignatureDef contains the following output(s):
                outputs['scores'] tensor_info:
                    dtype: DT_FLOAT
                    shape: (-1, 2)
                    name: StatefulPartitionedCall:0
              Method name is: tensorflow/serving/predict

            signature_def['label']:
              The given SavedModel SignatureDef contains the following input(s):
                inputs['limit'] tensor_info:
                    dtype: DT_FLOAT
                    shape: ()
                    name: label_limit:0
                inputs['flags'] tensor_info:
                    dtype: DT_BOOL
                    shape: (3)
                    name: label_flags:0
              The given SavedModel SignatureDef contains the following output(s):
                outputs['output_0'] tensor_info:
                    dtype: DT_FLOAT
                    shape: (3)
                    name: StatefulPartitionedCall:0
                outputs['output_1'] tensor_info:
                    dtype: DT_INT64
                    shape: (3)
                    name: StatefulPartitionedCall:1
              Method name is: tensorflow/serving/classify

            """, Tool.Run("saved", "show", Model, "--all"), ignoreLineEndingDifferences: true);
        Assert.Equal("f32[batch, 2]", Tool.Json("saved", "show", Model).GetProperty("signatures")[0].GetProperty("inputs")[0].GetProperty("spec").GetString());
        Assert.Contains("TG1006", Tool.Fails("saved", "show", At("none")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_runs_with_the_tensors_of_a_file()
    {
        File.WriteAllText(At("x.json"), """{ "x": [[1, 2.5], [3, "NaN"], [4, 5]] }""");
        Assert.Equal("Result for output key scores:\n[[2, 5], [6, NaN], [8, 10]]\n", Tool.Run("saved", "run", Model, "--inputs", At("x.json")));
        File.WriteAllText(At("y.json"), """{ "limit": 7, "flags": [true, false, true] }""");
        Assert.Equal("[7,-1,7]", Tool.Json("saved", "run", Model, "-s", "label", "-i", At("y.json")).GetProperty("output_0").GetRawText().Replace(" ", "", StringComparison.Ordinal).Replace("\n", "", StringComparison.Ordinal));
        Tool.Run("saved", "run", Model, "-s", "label", "-i", At("y.json"), "-o", At("out.npz"));
        // What was written is read again, under the names of inputs.
        var written = TensorGraph.Cli.Reading.NpzFile.Read(At("out.npz"));
        Assert.Equal("[7, -1, 7]", $"{written["output_0"]}");
        Assert.Equal("[1, 0, 1]", $"{written["output_1"]}");
        TensorGraph.Cli.Reading.NpzFile.Write(At("x.npz"), new Dictionary<string, Tensor> { ["x"] = new float[,] { { 1, 2 } } });
        Assert.Contains("[[2, 4]]", Tool.Run("saved", "run", Model, "-i", At("x.npz")), StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_that_do_not_fit_are_refused()
    {
        string Fails(string json)
        {
            File.WriteAllText(At("x.json"), json);
            return Tool.Fails("saved", "run", Model, "-i", At("x.json"));
        }

        Assert.Contains("there is no signature 'nope'; there are serving_default, label", Tool.Fails("saved", "run", Model, "-s", "nope"), StringComparison.Ordinal);
        Assert.Contains("input 'x' is missing", Tool.Fails("saved", "run", Model), StringComparison.Ordinal);
        Assert.Contains("there is no file", Tool.Fails("saved", "run", Model, "-i", At("none.json")), StringComparison.Ordinal);
        Assert.Contains("no input 'y'; it has x", Fails("""{ "y": 1 }"""), StringComparison.Ordinal);
        Assert.Contains("different lengths", Fails("""{ "x": [[1, 2], [3]] }"""), StringComparison.Ordinal);
        Assert.Contains("different depths", Fails("""{ "x": [[1, [2]], [3, 4]] }"""), StringComparison.Ordinal);
        Assert.Contains("'x' has \"many\", which is no f32", Fails("""{ "x": [["many", 2]] }"""), StringComparison.Ordinal);
        Assert.Contains("line 1, byte 2: it is no JSON from here on", Fails("{"), StringComparison.Ordinal);
        Assert.Contains("line 1, byte 1: it is no JSON from here on", Fails(""), StringComparison.Ordinal);
        Assert.Contains("a name is there twice", Fails("""{ "x": 1, "x": 2 }"""), StringComparison.Ordinal);
        Assert.Contains("'x' has lists of different depths, or something else than numbers", Fails("""{ "x": null }"""), StringComparison.Ordinal);
        Assert.Contains("'x' has true, which is no f32", Fails("""{ "x": [[true, 2]] }"""), StringComparison.Ordinal);
        Assert.Contains("'x' has 1e39, which is no f32", Fails("""{ "x": [[1e39, 2]] }"""), StringComparison.Ordinal);
        Assert.Contains("input 'x' got f32[2, 0]", Fails("""{ "x": [[], []] }"""), StringComparison.Ordinal);
        Assert.Contains("no Unicode", Fails("""{ "x": ["\ud800"] }"""), StringComparison.Ordinal);
        File.WriteAllText(At("x.json"), """{ "x": [] }""");
        Assert.Equal("Result for output key scores:\n[]\n", Tool.Run("saved", "run", Model, "-i", At("x.json")));
        Assert.Contains("input 'x' got f32[1, 3]", Fails("""{ "x": [[1, 2, 3]] }"""), StringComparison.Ordinal);
        File.WriteAllText(At("x.npz"), "no zip");
        Assert.Contains("can't be used", Tool.Fails("saved", "run", Model, "-i", At("x.npz")), StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_out_of_the_range_of_an_input_are_refused()
    {
        foreach (var (dtype, numbers) in new[] { ("i8", "128 -129 1.5 1e2 \"1\" true"), ("u8", "-1 256"), ("i16", "32768"), ("i32", "2147483648"), ("i64", "9223372036854775808"), ("bool", "1 \"true\""), ("string", "1 true") })
        {
            SavedModel.Save(At(dtype), [new("serving_default", GraphFunction.Of(Same).GetConcreteFunction(TensorSpec.Parse($"{dtype}[n]")))]);
            foreach (string number in numbers.Split(' '))
            {
                File.WriteAllText(At("x.json"), $"{{ \"x\": [{number}] }}");
                Assert.Contains($"'x' has {number}, which is no {dtype}", Tool.Fails("saved", "run", At(dtype), "-i", At("x.json")), StringComparison.Ordinal);
            }
        }

        File.WriteAllText(At("x.json"), """{ "x": [-128, 127] }""");
        Assert.Contains("[-128, 127]", Tool.Run("saved", "run", At("i8"), "-i", At("x.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_archive_of_arrays_is_refused()
    {
        TensorGraph.Cli.Reading.NpzFile.Write(At("x.npz"), new Dictionary<string, Tensor> { ["x"] = new float[,] { { 1, 2 } } });
        byte[] good = File.ReadAllBytes(At("x.npz"));
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bad = [.. good];
            bad[i] ^= 1;
            File.WriteAllBytes(At("x.npz"), bad);
            try
            {
                TensorGraph.Cli.Reading.NpzFile.Read(At("x.npz"));
            }
            catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException)
            {
                // Refused.
            }
        }
    }

    [Fact]
    public async Task A_client_compiles_and_calls_that_do_not_fit_a_changed_model_do_not()
    {
        const string Use = """
            using TensorGraph;
            public static class Use
            {
                public static System.Threading.Tasks.Task<Models.TwoHeadsClientServingDefaultOutputs> Call(string model, Tensor x) =>
                    Models.TwoHeadsClient.Load(model).ServingDefaultAsync(new(X: x));

                public static Tensor Scores(Models.TwoHeadsClientServingDefaultOutputs outputs) => outputs.Scores;
            }
            """;
        string code = Tool.Run("saved", "client", Model);
        var assembly = Compile(code, Use, out string[] errors);
        Assert.Empty(errors);
        var task = (Task)assembly!.GetType("Use")!.GetMethod("Call")!.Invoke(null, [Model, (Tensor)new float[,] { { 1, 2 } }])!;
        await task;
        object outputs = task.GetType().GetProperty("Result")!.GetValue(task)!;
        Assert.Equal("[[2, 4]]", $"{assembly.GetType("Use")!.GetMethod("Scores")!.Invoke(null, [outputs])}");

        Tool.Run("saved", "client", Model, "-o", At("Client.cs"), "--name", "Other", "--namespace", "My.Models");
        Assert.Contains("namespace My.Models;", File.ReadAllText(At("Client.cs")), StringComparison.Ordinal);
        Assert.Contains("is no name of a class", Tool.Fails("saved", "client", Model, "--name", "1"), StringComparison.Ordinal);

        // The output has another name: the program that uses the old one does not compile, and the old client does not load the model.
        SavedModel.Save(Model, [new("serving_default", GraphFunction.Of(Scale).GetConcreteFunction(TensorSpec.Parse("f32[batch, 2]"))) { Outputs = ["logits"] }]);
        Compile(Tool.Run("saved", "client", Model), Use, out errors);
        Assert.Contains(errors, error => error.Contains("'Scores'", StringComparison.Ordinal));
        var fault = Assert.ThrowsAny<System.Reflection.TargetInvocationException>(() => assembly.GetType("Use")!.GetMethod("Call")!.Invoke(null, [Model, (Tensor)new float[,] { { 1, 2 } }]));
        Assert.Equal(DiagnosticIds.SignatureMismatch, Assert.IsAssignableFrom<GraphException>(fault.InnerException).Id);
    }

    private static System.Reflection.Assembly? Compile(string client, string use, out string[] errors)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(File.Exists).Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            $"client{Guid.NewGuid():n}", [CSharpSyntaxTree.ParseText(client), CSharpSyntaxTree.ParseText(use)], references, new(OutputKind.DynamicallyLinkedLibrary));
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        errors = [.. result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Select(diagnostic => diagnostic.ToString())];
        return result.Success ? System.Reflection.Assembly.Load(stream.ToArray()) : null;
    }
}
