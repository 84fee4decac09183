namespace TensorGraph.Tests;

/// <summary>A save that ends at any moment leaves the old model or the new one, and the next save cleans up.</summary>
public sealed class PowerLossTests : TemporaryFolder
{
    private static readonly Dictionary<string, Tensor> s_inputs = new() { ["x"] = 2f };

    private static SignatureDefinition[] Signatures(float count)
    {
        var counter = new Counter();
        counter.Add(count - 1f);
        return [new("add", GraphFunction.Of(counter.Add).GetConcreteFunction(TensorSpec.Parse("f32[]")))];
    }

    private static float Value(string model) => SavedModel.Load(model).Variables["count"].Value.Item<float>();

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (string file in Directory.GetFiles(from, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }

    private static void With(Action<string> onStep, Action save)
    {
        DiskFolder.OnStep = onStep;
        try
        {
            save();
        }
        finally
        {
            DiskFolder.OnStep = null;
        }
    }

    [Fact]
    public void Each_moment_of_a_save_leaves_a_whole_model()
    {
        SavedModel.Save(At("m"), Signatures(1));
        int steps = 0;
        With(_ => Copy(At("m"), At($"moment{steps++}")), () => SavedModel.Save(At("m"), Signatures(5)));
        Assert.True(steps > 5);
        Assert.Equal(5, Value(At("m")));
        for (int i = 0; i < steps; i++)
        {
            string moment = At($"moment{i}");
            Assert.Equal(i < steps - 1 ? 1 : 5, Value(moment));
            // The next save takes away what the one that ended left.
            SavedModel.Save(moment, Signatures(7));
            Assert.Equal(7, Value(moment));
            Assert.Single(Directory.GetDirectories(moment));
        }
    }

    [Fact]
    public void Files_and_names_are_on_the_disk_before_the_model_is_replaced()
    {
        foreach (string model in new[] { At("m"), At("m"), At("new", "m") })
        {
            var steps = new List<string>();
            string[] files = [];
            With(step =>
            {
                steps.Add(step);
                if (step.StartsWith("replace", StringComparison.Ordinal))
                    files = Directory.GetFileSystemEntries(ContentOf(Path.GetDirectoryName(step["replace ".Length..])!, steps), "*", SearchOption.AllDirectories);
            }, () => SavedModel.Save(model, Signatures(1), assets: new Dictionary<string, string> { ["a/b.txt"] = Asset() }));
            int replaced = steps.FindIndex(step => step.StartsWith("replace", StringComparison.Ordinal));
            Assert.True(replaced > 0);
            Assert.NotEmpty(files);
            Assert.All(files, file => Assert.Contains($"flush {file}", steps.Take(replaced)));
            Assert.Contains($"flush {Path.GetDirectoryName(steps[replaced]["replace ".Length..])}", steps.Take(replaced));
            Assert.StartsWith("flush ", steps[^1], StringComparison.Ordinal);
        }
    }

    private string Asset()
    {
        File.WriteAllText(At("asset.txt"), "words");
        return At("asset.txt");
    }

    // The one that this save writes.
    private static string ContentOf(string model, List<string> steps) =>
        Directory.GetDirectories(model, "content-*").Single(folder => steps.Exists(step => step.StartsWith($"flush {folder}", StringComparison.Ordinal)));

    [Fact]
    public void A_save_that_was_cut_at_any_byte_does_not_matter()
    {
        SavedModel.Save(At("m"), Signatures(1));
        SavedModel.Save(At("next"), Signatures(5));
        string left = At("m", $"content-{Guid.NewGuid():n}");
        Copy(ContentOf(At("next")), left);
        foreach (string file in Directory.GetFiles(left, "*", SearchOption.AllDirectories))
        {
            byte[] bytes = File.ReadAllBytes(file);
            for (int i = 0; i < bytes.Length; i += 7)
            {
                File.WriteAllBytes(file, bytes[..i]);
                Assert.Equal(1, Value(At("m")));
            }
        }

        Directory.CreateDirectory(At("m", "content-of-mine"));
        Directory.CreateDirectory(At($"m.{Guid.NewGuid():n}.unfinished"));
        Directory.CreateDirectory(At("m.mine.unfinished"));
        SavedModel.Save(At("m"), Signatures(3));
        Assert.False(Directory.Exists(left));
        Assert.True(Directory.Exists(At("m", "content-of-mine")));
        Assert.True(Directory.Exists(At("m.mine.unfinished")));
        Assert.Single(Directory.GetDirectories(At(), "m.*.unfinished"));
        Assert.Empty(Directory.GetFiles(At(), "*.lock", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_save_that_goes_on_keeps_its_folder()
    {
        SavedModel.Save(At("m"), Signatures(1));
        bool isIn = false;
        With(_ =>
        {
            if (isIn)
                return;
            isIn = true;
            SavedModel.Save(At("m"), Signatures(3));
        }, () => SavedModel.Save(At("m"), Signatures(5)));
        Assert.Equal(5, Value(At("m")));
    }

    [Fact]
    public void A_model_of_a_later_version_keeps_its_files_until_it_is_replaced()
    {
        SavedModel.Save(At("m"), Signatures(1));
        string manifest = At("m", "saved_model.json"), content = ContentOf(At("m"));
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace("\"format_version\": 1", "\"format_version\": 2", StringComparison.Ordinal));
        Expect.Error(DiagnosticIds.BadData, () => SavedModel.Save(At("m"), Signatures(2), assets: new Dictionary<string, string> { ["a"] = At("none") }));
        Assert.True(Directory.Exists(content));
    }

    [Fact]
    public void Training_goes_on_after_loading()
    {
        SavedModel.Save(At("m"), Signatures(1));
        var model = SavedModel.Load(At("m"));
        model.Signatures["add"].Call(s_inputs);
        model.Signatures["add"].Call(s_inputs);
        model.Save(At("m"));
        Assert.Equal(5, Value(At("m")));
    }
}
