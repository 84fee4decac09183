using Google.Protobuf;
using Grpc.Core;
using TensorGraph.Protocol.TensorflowServing;
using TensorGraph.Serving;

namespace TensorGraph.Tests;

/// <summary>Recorded requests that run before a version is available.</summary>
public sealed class WarmUpTests : ServingTest
{
    [Fact]
    public async Task Recorded_requests_run_before_a_version_is_available()
    {
        SavedModel.Save(At("count", "1"), [new("serving_default", GraphFunction.Of(Programs.Count).GetConcreteFunction(TensorSpec.Parse("f32[n]"))) { Outputs = ["y"] }]);
        Record("count", new PredictionLog { PredictLog = new() { Request = Request(1, 2) } });
        var server = await StartAsync(OptionsFor(At("count"), "half_plus_two") with { NumRequestIterationsForWarmup = 2 });
        // Each of two iterations added 3, and nothing was run on zeros, since the function assigns.
        Assert.Equal([6f], (await ClientOf(server).PredictAsync(Request(0))).Outputs["y"].FloatVal);
    }

    [Fact]
    public void Functions_that_read_weights_run_on_zeros_and_those_that_assign_do_not()
    {
        void Save(string name, Delegate function) =>
            SavedModel.Save(At(name), [new("serving_default", GraphFunction.Of(function).GetConcreteFunction(TensorSpec.Parse("f32[n]")))]);
        Save("scaled", Programs.Scaled);
        Save("count", Programs.Count);
        Assert.True(SavedModelPlatform.Load(At("scaled")).Signatures["serving_default"].IsPure);
        Assert.False(SavedModelPlatform.Load(At("count")).Signatures["serving_default"].IsPure);
    }

    [Fact]
    public async Task A_loop_that_does_not_end_on_zeros_keeps_no_server_from_starting()
    {
        SavedModel.Save(At("steps", "1"), [new("serving_default", GraphFunction.Of(Programs.Collatz).GetConcreteFunction(TensorSpec.Parse("i64[]"))) { Outputs = ["y"] }]);
        var server = await StartAsync(OptionsFor(At("steps"), "half_plus_two"));
        Assert.True(server.IsReady);
    }

    [Fact]
    public async Task All_kinds_of_requests_run()
    {
        SaveHalfPlusTwo();
        var example = new Protocol.Tensorflow.Example { Features = new() { Feature = { ["x"] = new() { FloatList = new() { Value = { 2 } } } } } };
        var input = new Input { ExampleList = new() { Examples = { example } } };
        var regress = new ModelSpec { Name = "whatever", SignatureName = "regress_x_to_y" };
        var classify = new ModelSpec { Name = "whatever", SignatureName = "classify_x_to_y" };
        Record(
            "half_plus_two", new PredictionLog { PredictLog = new() { Request = Request(1) } },
            new() { RegressLog = new() { Request = new() { ModelSpec = regress, Input = input } } },
            new() { ClassifyLog = new() { Request = new() { ModelSpec = classify, Input = input } } },
            new()
            {
                MultiInferenceLog = new()
                {
                    Request = new()
                    {
                        Input = input,
                        Tasks = { new InferenceTask { ModelSpec = regress, MethodName = "tensorflow/serving/regress" } },
                    },
                },
            });
        Assert.True((await StartAsync(OptionsFor(At("half_plus_two")))).IsReady);
    }

    [Fact]
    public async Task What_is_wrong_with_recorded_requests_fails_the_load()
    {
        SaveHalfPlusTwo();
        await FailsAsync(StatusCode.Unimplemented, "session", new PredictionLog { SessionRunLog = new() });
        await FailsAsync(StatusCode.InvalidArgument, "input size does not match", new PredictionLog { PredictLog = new() { Request = new() } });
        await FailsAsync(StatusCode.InvalidArgument, "exceeds the maximum (1000)", [.. Enumerable.Repeat(new PredictionLog { PredictLog = new() { Request = Request(1) } }, 1001)]);
        byte[] file = File.ReadAllBytes(FileOf("half_plus_two"));
        file[30] ^= 1;
        File.WriteAllBytes(FileOf("half_plus_two"), file);
        await FailsAsync(StatusCode.DataLoss, "damaged");
        File.WriteAllBytes(FileOf("half_plus_two"), [1, 2, 3]);
        await FailsAsync(StatusCode.DataLoss, "damaged");
    }

    [Fact]
    public void Records_have_the_checksums_of_TensorFlow()
    {
        using var stream = new MemoryStream();
        TensorflowRecords.Write(stream, "abc"u8);
        // The masked checksum of the length 3, and of abc.
        Assert.Equal("0300000000000000", Convert.ToHexString(stream.ToArray())[..16]);
        stream.Position = 0;
        Assert.Equal("abc"u8.ToArray(), TensorflowRecords.Read(stream).Single());
        // CRC-32C of 123456789 is e3069283.
        using var known = new MemoryStream();
        TensorflowRecords.Write(known, "123456789"u8);
        Assert.Equal(unchecked(((0xe3069283u >> 15) | (0xe3069283u << 17)) + 0xa282ead8), BitConverter.ToUInt32(known.ToArray(), 12 + 9));
    }

    private async Task FailsAsync(StatusCode status, string text, params PredictionLog[] records)
    {
        if (records.Length > 0)
            Record("half_plus_two", records);
        await using var server = await ModelServer.StartAsync(OptionsFor(At("half_plus_two")));
        Assert.False(server.IsReady);
        var version = (await ModelsOf(server).GetModelStatusAsync(new() { ModelSpec = new() { Name = "half_plus_two" } })).ModelVersionStatus.Single();
        Assert.Equal((int)status, (int)version.Status.ErrorCode);
        Assert.Contains(text, version.Status.ErrorMessage, StringComparison.OrdinalIgnoreCase);
    }

    private string FileOf(string model) => WarmUp.FileOf(Directory.GetDirectories(At(model)).Single());

    private void Record(string model, params PredictionLog[] records)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FileOf(model))!);
        using var file = File.Create(FileOf(model));
        foreach (var record in records)
            TensorflowRecords.Write(file, record.ToByteArray());
    }
}
