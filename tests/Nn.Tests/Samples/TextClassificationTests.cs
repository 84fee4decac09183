using System.Text.Json;
using TextClassification;

namespace TensorGraph.Tests;

/// <summary>The classifiers of texts learn alike both ways; the goals of their accuracy are held in the long run.</summary>
public sealed class TextClassificationTests
{
    private static readonly SectionsData s_data = SectionsData.Load(SectionsData.DefaultPath);

    private static readonly Sizes s_small = new() { Width = 8, Units = 8, Layers = 1, Heads = 2 };

    [Fact]
    public void The_data_is_whole()
    {
        Assert.Equal((10, 3836, 960), (s_data.Classes.Count, s_data.Train.Count, s_data.Test.Count));
        Assert.Equal("sends IP and/or ARP pings (to the MAC address)", s_data.Train[0].Text);
        Assert.Equal("net", s_data.Classes[s_data.Train[0].Label]);
    }

    [Theory]
    [InlineData("fasttext"), InlineData("textcnn"), InlineData("rcnn"), InlineData("bert")]
    public void Each_model_learns_alike_both_ways_with_one_trace(string model)
    {
        var few = s_data with { Train = [.. s_data.Train.Take(60)], Test = [.. s_data.Test.Take(20)] };
        // 60 = 3 · 16 + 12: the last batch of an epoch is smaller.
        var result = new Comparison(few, new() { Model = model, Length = 12, Batch = 16, Steps = 5, Sizes = s_small }).Train();
        Assert.Equal(5, result.Traced.Losses.Length);
        Close.Within(result.Imperative!.Losses, result.Traced.Losses, 1e-4, 0);
        Assert.Equal(result.Imperative.Accuracy, result.Traced.Accuracy, 0.051);
        Assert.Equal(1, result.Traces);
    }

    [Theory]
    [InlineData("words", "net"), InlineData("ngrams", "net"), InlineData("wordpiece", "net"), InlineData("bpe", "net")]
    public void Texts_are_cut_or_filled_up_and_alike_words_are_alike(string encoder, string word)
    {
        var (size, encode) = Encoders.Create(encoder, s_data.Train);
        int[] one = encode(word, 8), upper = encode(word.ToUpperInvariant(), 8);
        Assert.Equal(one, upper);
        Assert.Equal(8, one.Length);
        Assert.Equal(0, one[^1]);
        Assert.All(s_data.Test.Take(50).SelectMany(text => encode(text.Text, 6)), number => Assert.InRange(number, 0, size - 1));
    }

    [Fact]
    public void Wordpiece_splits_unknown_words_into_pieces()
    {
        var (_, encode) = Encoders.Create("wordpiece", s_data.Train);
        const int Unknown = 1, Start = 2, End = 3;
        int[] numbers = encode("zzyzx", 10);
        Assert.Equal(Start, numbers[0]);
        Assert.Contains(End, numbers);
        Assert.DoesNotContain(Unknown, numbers);
        Assert.Equal(4, encode("a very long text of many words", 4).Length);
    }

    [Fact]
    public void Byte_pairs_make_one_token_of_frequent_words_and_pieces_of_others()
    {
        var (size, encode) = BytePairs.Encoder(Enumerable.Repeat("network", 10).Concat(Enumerable.Repeat("netting", 5)).Append("zip"), merges: 50);
        Assert.InRange(size, 10, 60);
        Assert.Equal([0, 0, 0], encode("network", 4)[1..]);
        // "net" is common to both; "zip" is rare, so it stays letters, and "#" is none of them.
        Assert.Equal(encode("netting", 1), encode("network netting", 2)[1..]);
        Assert.Equal(4, encode("zip network", 8).Count(number => number != 0));
        Assert.Equal(1, encode("#", 1)[0]);
    }

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("fasttext", 0.82), InlineData("textcnn", 0.82), InlineData("rcnn", 0.80)]
    public void The_models_reach_their_goals(string model, double goal)
    {
        var result = new Comparison(s_data, new() { Model = model, Epochs = 6, OnlyTraced = true }).Train();
        Assert.InRange(result.Traced.Accuracy, goal, 1);
    }

    [Fact]
    public void The_command_writes_its_figures()
    {
        string file = Path.GetTempFileName();
        try
        {
            var run = CommandResult.Run("dotnet", [Path.Combine(AppContext.BaseDirectory, "TextClassification.dll"), "--steps", "3", "--length", "10", "--json", file], AppContext.BaseDirectory);
            Assert.True(run.ExitCode == 0, run.Output);
            Assert.Contains("test accuracy", run.Output, StringComparison.Ordinal);
            using var json = JsonDocument.Parse(File.ReadAllText(file));
            Assert.Equal(1, json.RootElement.GetProperty("traces").GetInt32());
            Assert.Equal(json.RootElement.GetProperty("imperative_final_loss").GetDouble(), json.RootElement.GetProperty("traced_final_loss").GetDouble(), 3);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
