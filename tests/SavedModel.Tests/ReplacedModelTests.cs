namespace TensorGraph.Tests;

/// <summary>A save over a model that is there already.</summary>
public sealed class ReplacedModelTests : TemporaryFolder
{
    private static readonly Dictionary<string, Tensor> s_none = [];

    private readonly Counter _counter = new();

    private void Save(Dictionary<string, string>? assets = null) =>
        SavedModel.Save(At("m"), [new("read", GraphFunction.Of(_counter.Read).GetConcreteFunction())], assets: assets);

    private float Read() => SavedModel.Load(At("m")).Signatures["read"].Call(s_none)["output_0"].Item<float>();

    [Fact]
    public void The_new_model_replaces_the_old_one()
    {
        Save();
        _counter.Add(1f);
        Save();
        Assert.Equal(2, Read());
        Assert.Equal(2, Directory.GetFileSystemEntries(At("m")).Length);
        Assert.Equal([At("m")], Directory.GetFileSystemEntries(At()));
    }

    [Fact]
    public void A_save_that_fails_leaves_the_old_model_whole()
    {
        var missing = new Dictionary<string, string> { ["words"] = At("missing") };
        Expect.ErrorHere(DiagnosticIds.BadData, () => Save(missing), ["save_model"]);
        Assert.Empty(Directory.GetFileSystemEntries(At()));
        Save();
        _counter.Add(1f);
        Expect.ErrorHere(DiagnosticIds.BadData, () => Save(missing), ["save_model"]);
        Assert.Equal(1, Read());
        Assert.Equal(2, Directory.GetFileSystemEntries(At("m")).Length);
    }

    [Fact]
    public void Files_that_an_interrupted_save_left_do_not_matter()
    {
        Save();
        string rest = At("m", "content-0123");
        Directory.CreateDirectory(rest);
        File.WriteAllText(Path.Combine(rest, "saved_model.json.unfinished"), "{");
        Assert.Equal(1, Read());
    }

    [Fact]
    public void A_damaged_model_is_replaced()
    {
        Save();
        File.WriteAllText(At("m", "saved_model.json"), "{");
        Save();
        Assert.Equal(1, Read());
    }

    [Fact]
    public async Task A_model_may_be_read_while_it_is_replaced()
    {
        Save();
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                Assert.Equal(1, Read());
        })).ToArray();
        for (int i = 0; i < 60; i++)
            Save();
        await stop.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Fact]
    public async Task Saves_of_several_threads_leave_one_model()
    {
        Save();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 10; i++)
                Save();
        })));
        Assert.Equal(1, Read());
        Assert.Equal(2, Directory.GetFileSystemEntries(At("m")).Length);
    }
}
