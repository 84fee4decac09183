public partial class Server
{
    private readonly Variable _served = new(0);

    public Tensor Served => _served.Value;

    [GraphFunction(InputSignature = ["f32[n, 3]"])]
    public Tensor Serve(Tensor batch)
    {
        _served.AssignAdd(1);
        Tensor best = batch[0];
        foreach (Tensor row in batch)
            best = row.Sum() > best.Sum() ? row : best;
        return best;
    }

    public async System.Threading.Tasks.Task<float[]> ServeAsync(Tensor batch)
    {
        await System.Threading.Tasks.Task.Yield();
        Tensor result = Serve(batch);
        return result.ToArray<float>();
    }

    public async IAsyncEnumerable<double> Stream(IEnumerable<Tensor> batches)
    {
        foreach (Tensor batch in batches)
            yield return (await ServeAsync(batch)).Sum(v => (double)v);
    }
}

public class Scenario
{
    private readonly Server _server = new();

    private static Tensor Batch(Random random, int n) =>
        Ops.Reshape((float[])[.. Enumerable.Range(0, n * 3).Select(_ => (float)random.NextDouble())], n, 3);

    public System.Threading.Tasks.Task<float[]> One(Random random) => _server.ServeAsync(Batch(random, random.Next(1, 5)));

    public async System.Threading.Tasks.Task<List<double>> Many(Random random)
    {
        var all = new List<double>();
        await foreach (double sum in _server.Stream(Enumerable.Range(1, 3).Select(n => Batch(random, n))))
            all.Add(sum);
        return all;
    }

    // One after the other: the variable is read and written.
    public async System.Threading.Tasks.Task<List<float[]>> InTurn(Random random)
    {
        var all = new List<float[]>();
        for (int n = 1; n < 4; n++)
            all.Add(await _server.ServeAsync(Batch(random, n)).ConfigureAwait(false));
        return all;
    }

    public object? Wrong(Random random) => _server.Serve(Ops.Ones(2, 3))[0] + 1f;

    public object? State() => _server.Served;

    public (int, int) Traces() => (GraphFunction.Of(_server.Serve).TraceCount, 1);
}
