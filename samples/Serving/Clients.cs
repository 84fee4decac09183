using System.Text;
using System.Text.Json;
using Grpc.Net.Client;
using TensorGraph;
using TensorGraph.Protocol.Tensorflow;
using TensorGraph.Protocol.TensorflowServing;

namespace ServingSample;

/// <summary>Scores from the server over both protocols, and from the same folder in this process.</summary>
internal sealed class Clients(ModelServer server, string model) : IDisposable
{
    private readonly GrpcChannel _channel = GrpcChannel.ForAddress(server.GrpcAddress!);
    private readonly HttpClient _http = new() { BaseAddress = server.RestAddress };

    public async Task<float[]> OverGrpcAsync(int[][] texts, string label)
    {
        var ids = new TensorProto { Dtype = DataType.DtInt32, TensorShape = new() };
        ids.TensorShape.Dim.Add(new TensorShapeProto.Types.Dim { Size = texts.Length });
        ids.TensorShape.Dim.Add(new TensorShapeProto.Types.Dim { Size = texts[0].Length });
        ids.IntVal.AddRange(texts.SelectMany(text => text));
        var request = new PredictRequest { ModelSpec = new() { Name = model, VersionLabel = label }, Inputs = { ["texts"] = ids } };
        var reply = await new PredictionService.PredictionServiceClient(_channel).PredictAsync(request);
        return [.. reply.Outputs["scores"].FloatVal];
    }

    public async Task<float[]> OverRestAsync(int[][] texts, string label)
    {
        string body = JsonSerializer.Serialize(new { instances = texts });
        var reply = await _http.PostAsync($"v1/models/{model}/labels/{label}:predict", new StringContent(body, Encoding.UTF8, "application/json"));
        using var json = JsonDocument.Parse(await reply.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        return [.. json.RootElement.GetProperty("predictions").EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(score => score.GetSingle())];
    }

    public static float[] InProcess(string folder, int[][] texts)
    {
        int[] ids = [.. texts.SelectMany(text => text)];
        var inputs = new Dictionary<string, Tensor> { ["texts"] = Tensor.From(ids, texts.Length, texts[0].Length) };
        return SavedModel.Load(folder).Signatures["serving_default"].Call(inputs)["scores"].ToArray<float>();
    }

    public void Dispose()
    {
        _channel.Dispose();
        _http.Dispose();
    }
}
