using System.Globalization;
using TensorGraph;

namespace ServingProgram;

/// <summary>
/// Does one thing until it is killed, as by <c>kill -9</c>; <c>KilledServerTests</c> starts it. <c>save BASE FIRST</c> saves one version after the
/// other and prints the number of each; <c>serve BASE ITERATIONS</c> serves them and prints the address of REST, where each recorded request of a
/// version is run so many times before it answers.
/// </summary>
internal static partial class Program
{
    private const int Weights = 500_000;

    private static readonly Variable s_weights = new(Ops.Zeros(Weights), "weights");

    private static async Task Main(string[] arguments)
    {
        string folder = arguments[1];
        int number = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        if (arguments[0] == "save")
            SaveVersions(folder, number);
        await using var server = await ModelServer.StartAsync(new()
        {
            ModelName = "m", ModelBasePath = folder, GrpcPort = null, RestPort = 0, FileSystemPollWaitSeconds = 0.05, NumRequestIterationsForWarmup = number,
        });
        Console.WriteLine(server.RestAddress);
        await Task.Delay(Timeout.Infinite);
    }

    private static void SaveVersions(string folder, int first)
    {
        var predict = GraphFunction.Of(Predict).GetConcreteFunction(TensorSpec.Parse("f32[n]"));
        for (int version = first; ; version++)
        {
            s_weights.Assign(Ops.Full([Weights], version));
            SavedModel.Save(Path.Combine(folder, version.ToString(CultureInfo.InvariantCulture)), [new("serving_default", predict)]);
            Console.WriteLine(version);
        }
    }

    // The version, if all weights are of it.
    [GraphFunction]
    private static Tensor Predict(Tensor x) => x * Ops.Mean(s_weights.Value.Cast(DType.F64)).Cast(DType.F32);
}
