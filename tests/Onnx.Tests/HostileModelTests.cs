using Google.Protobuf;
using TensorGraph.OnnxFormat;
using static TensorGraph.Tests.Onnx;

namespace TensorGraph.Tests;

/// <summary>A damaged or hostile file is TG1006 or TG1013: no crash, no hang, no more memory than it has bytes.</summary>
public sealed class HostileModelTests : TemporaryFolder
{
    private static readonly Literal s_weights = new(new(DType.F32, [2]), new float[] { 1, 2 });

    private static ModelProto Good() => Model(Graph("x: f32[n, 2]", "y", Node("Add", "x w", "a"), Node("Relu", "a", "y")).With("w", s_weights));

    private GraphException Fails(ModelProto model, params string[] facts) => Fails(model.ToByteArray(), facts);

    private GraphException Fails(byte[] bytes, params string[] facts)
    {
        File.WriteAllBytes(At("m.onnx"), bytes);
        return Expect.Error(DiagnosticIds.BadData, () => OnnxModel.Load(At("m.onnx")), facts);
    }

    private void Fails(Action<ModelProto> change, params string[] facts)
    {
        var model = Good();
        change(model);
        Fails(model, facts);
    }

    [Fact]
    public void A_file_that_is_cut_short_or_no_model_is_refused()
    {
        byte[] bytes = Good().ToByteArray();
        for (int i = 0; i < bytes.Length; i++)
        {
            File.WriteAllBytes(At("m.onnx"), bytes[..i]);
            var fault = Assert.ThrowsAny<GraphException>(() => OnnxModel.Load(At("m.onnx")));
            Assert.True(fault.Id is DiagnosticIds.BadData or DiagnosticIds.NotFromOnnx, $"{i}: {fault.Message}");
        }

        Fails("this is a text, not a model"u8.ToArray());
        Fails([], "it has no graph");
        Expect.Error(DiagnosticIds.BadData, () => OnnxModel.Load(At("none.onnx")), "it does not exist");
        Expect.Error(DiagnosticIds.BadData, () => OnnxModel.Load(At()));
        Expect.Error(DiagnosticIds.NullArgument, () => OnnxModel.Load(null!));
    }

    [Fact]
    public void Elements_that_do_not_fit_the_shape_are_refused()
    {
        Fails(model => model.Graph.Initializer[0].Dims[0] = 3, "'w' is f32[3] and has 8 bytes");
        Fails(model => model.Graph.Initializer[0].Dims[0] = -1, "'w' has a size of -1");
        Fails(model => model.Graph.Initializer[0].Dims[0] = long.MaxValue, "which no array holds");
        Fails(model => model.Graph.Initializer[0].Dims.AddRange([1L << 40, 1L << 40]), "which no array holds");
        Fails(model => model.Graph.Initializer[0].Dims.AddRange(Enumerable.Repeat(1L, 1000)), "'w' has 1001 axes");
        Fails(model => model.Graph.Initializer[0].ClearRawData(), "'w' is f32[2] and has 0 elements");
        Fails(model =>
        {
            model.Graph.Initializer[0].ClearRawData();
            model.Graph.Initializer[0].FloatData.AddRange([1, 2, 3]);
        }, "has 3 elements");
        Fails(model => model.Graph.Initializer[0].Segment = new() { Begin = 0 }, "is a segment");
        Fails(model => model.Graph.Initializer.Add(new TensorProto { Name = "b", DataType = 9, Dims = { 1 }, RawData = ByteString.CopyFrom(2) }), "neither 0 nor 1");
        Fails(model => model.Graph.Initializer.Add(new TensorProto { Name = "b", DataType = 8, Dims = { 1 }, StringData = { ByteString.CopyFrom(0xff) } }), "not UTF-8");
    }

    [Fact]
    public void Typed_elements_are_read()
    {
        var model = Model(Graph("x: f32[2]", "y z", Node("Add", "x w", "y"), Node("Cast", "h", "z", ("to", 1L))));
        model.Graph.Initializer.Add(new TensorProto { Name = "w", DataType = 1, Dims = { 2 }, FloatData = { 1, 2 } });
        model.Graph.Initializer.Add(new TensorProto { Name = "h", DataType = 10, Dims = { 1 }, Int32Data = { 0x3c00 } });
        var results = ImportedModel.Run(model, new Literal(new(DType.F32, [2]), new float[] { 10, 20 }));
        Assert.Equal("[11, 22]", $"{results[0]}");
        Assert.Equal("[1]", $"{results[1]}");
    }

    [Fact]
    public void Names_that_do_not_fit_together_are_refused()
    {
        Fails(model => model.Graph.Node[0].Input[0] = "none", "'none' is used before a node computes it");
        Fails(model => model.Graph.Node[0].Input[0] = "y", "'y' is used before a node computes it");
        Fails(model => model.Graph.Node[1].Output[0] = "a", "two values are called 'a'");
        Fails(model => model.Graph.Output[0].Name = "none", "'none'");
        Fails(model => model.Graph.Output.Clear(), "it has no outputs");
        Fails(model => model.Graph.Input[0].Name = "", "an input has no name");
        Fails(model => model.Graph.Output.Add(model.Graph.Output[0].Clone()), "two inputs or outputs are called 'y'");
        Fails(model => model.Graph.Initializer.Add(model.Graph.Initializer[0].Clone()), "two values are called 'w'");
        Fails(model => model.OpsetImport.Clear(), "which version of the operators");
    }

    [Fact]
    public void External_data_stays_beside_the_model()
    {
        void With(string location, string? problem, params (string Key, string Value)[] more)
        {
            var model = Good();
            var tensor = model.Graph.Initializer[0];
            tensor.ClearRawData();
            tensor.DataLocation = TensorProto.Types.DataLocation.External;
            tensor.ExternalData.AddRange(more.Prepend(("location", location)).Select(pair => new StringStringEntryProto { Key = pair.Item1, Value = pair.Item2 }));
            if (problem is not null)
            {
                Fails(model, problem);
                return;
            }

            File.WriteAllBytes(At("m.onnx"), model.ToByteArray());
            Assert.Equal("[1, 2]", $"{OnnxModel.Load(At("m.onnx")).Variables["w"].Value.ToLiteral()}");
        }

        byte[] bytes = [0, 0, 0, 0, .. BitConverter.GetBytes(1f), .. BitConverter.GetBytes(2f)];
        File.WriteAllBytes(At("w.bin"), bytes);
        Directory.CreateDirectory(At("below"));
        File.WriteAllBytes(At("below", "w.bin"), bytes);
        With("w.bin", null, ("offset", "4"));
        With("below/w.bin", null, ("offset", "4"), ("length", "8"));
        With("w.bin", "8 bytes from 5 on in 'w.bin', which has 12", ("offset", "5"));
        With("w.bin", "9 bytes from 0 on", ("length", "9"));
        With("w.bin", "offset '-4'", ("offset", "-4"));
        With("w.bin", "offset '99999999999999999999'", ("offset", "99999999999999999999"));
        With("../w.bin", "no file beside the model");
        With("below/../w.bin", "no file beside the model");
        With("/etc/passwd", "no file beside the model");
        With(@"..\w.bin", "no file beside the model");
        With("none.bin", "it does not exist");
        File.CreateSymbolicLink(At("link.bin"), At("w.bin"));
        With("link.bin", "is a link");
        Directory.CreateSymbolicLink(At("folder"), At("below"));
        With("folder/w.bin", "is a link");
        if (!OperatingSystem.IsWindows())
        {
            NamedPipe.Make(At("pipe.bin"));
            With("pipe.bin", "'pipe.bin' is no regular file");
        }
    }

    [Fact]
    public void Deep_nesting_is_refused()
    {
        // Each level of a message is two bytes or more in the file; the parser goes a hundred levels deep.
        byte[] deep = [];
        for (int i = 0; i < 4998; i++)
        {
            byte[] length = deep.Length < 128 ? [(byte)deep.Length] : [(byte)((deep.Length & 127) | 128), (byte)((deep.Length >> 7 & 127) | 128), (byte)(deep.Length >> 14)];
            // A graph in an attribute in a node in a graph.
            deep = [i % 3 == 0 ? (byte)0x32 : i % 3 == 1 ? (byte)0x2a : (byte)0x0a, .. length, .. deep];
        }

        Fails([0x3a, .. Varint(deep.Length), .. deep]);

        var inner = Graph("", "a", Node("Neg", "x", "a"));
        for (int i = 0; i < 60; i++)
            inner = Graph("", "a", Node("If", "c", "a", ("then_branch", inner), ("else_branch", Graph("", "b", Node("Abs", "x", "b")))));
        inner.Input.Add(Graph("c: bool[]; x: f32[n]", "").Input);
        Fails(Model(inner));
    }

    private static byte[] Varint(int number) => [(byte)((number & 127) | 128), (byte)((number >> 7 & 127) | 128), (byte)(number >> 14)];

    [Fact]
    public void Functions_that_call_each_other_often_are_refused()
    {
        var model = Model(Graph("x: f32[n]", "y", Node("f39", "x", "y")));
        model.Graph.Node[0].Domain = "own";
        for (int i = 0; i < 40; i++)
        {
            NodeProto[] nodes = i == 0 ? [Node("Neg", "a", "c"), Node("Neg", "c", "b")] : [Node($"f{i - 1}", "a", "c"), Node($"f{i - 1}", "c", "b")];
            foreach (var node in nodes.Where(_ => i > 0))
                node.Domain = "own";
            model.Functions.Add(new FunctionProto
            {
                Name = $"f{i}", Domain = "own", Input = { "a" }, Output = { "b" }, Node = { nodes },
                OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 17 } },
            });
        }

        Fails(model, "its functions call each other too often");
        model.Functions[0].Node[0].OpType = "f0";
        model.Functions[0].Node[0].Domain = "own";
        model.Graph.Node[0].OpType = "f0";
        Fails(model, "nested more than");
    }

    [Fact]
    public void Huge_sizes_take_no_memory()
    {
        long before = GC.GetTotalAllocatedBytes();
        var big = Model(Graph("x: f32[n]", "y", Node("ConstantOfShape", "s", "a"), Node("Relu", "a", "y")).With("s", new Literal(new(DType.I64, [2]), new long[] { 1 << 20, 1 << 20 })));
        ModelFile.Import(big);
        var range = Model(Graph("x: f32[n]", "y", Number("a", 0), Number("b", 1L << 40), Number("c", 1), Node("Range", "a b c", "y")));
        ModelFile.Import(range);
        Assert.True(GC.GetTotalAllocatedBytes() - before < 1 << 28);
        var more = big.Clone();
        more.Graph.Initializer[0] = TensorWriter.Of("s", new Literal(new(DType.I64, [2]), new[] { 1L << 40, 1L << 40 }));
        Assert.ThrowsAny<Exception>(() => ModelFile.Import(more));
        Assert.Equal(DiagnosticIds.NotFromOnnx, Assert.ThrowsAny<GraphException>(() => ModelFile.Import(more)).Id);
    }
}
