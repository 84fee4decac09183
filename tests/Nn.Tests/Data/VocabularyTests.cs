namespace TensorGraph.Tests;

public sealed class VocabularyTests : IDisposable
{
    private static readonly string[] s_text = "the cat and the dog and the bird".Split(' ');

    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void The_most_frequent_tokens_come_first_after_the_special_ones()
    {
        var vocabulary = Vocabulary.Build(s_text);
        Assert.Equal(["<pad>", "<unk>", "the", "and", "bird", "cat", "dog"], vocabulary);
        Assert.Equal((0, 1), (vocabulary.Padding, vocabulary.Unknown));
        Assert.Equal(["<pad>", "<unk>", "the", "and"], Vocabulary.Build(s_text, minFrequency: 2));
        Assert.Equal(["[UNK]", "the"], Vocabulary.Build(s_text, maxSize: 2, unknown: "[UNK]", padding: null));
        Assert.Equal(["<pad>", "<unk>", "a"], Vocabulary.Build(["<unk>", "a", "<pad>"]));
    }

    [Fact]
    public void Tokens_become_numbers_and_back()
    {
        var vocabulary = Vocabulary.Build(s_text);
        Assert.Equal([2, 5, 1], vocabulary.Encode(["the", "cat", "sat"]));
        Assert.Equal([2, 5, 1, 0], vocabulary.Encode(["the", "cat", "sat"], 4));
        Assert.Equal([2, 5], vocabulary.Encode(["the", "cat", "sat"], 2));
        Assert.Equal(["the", "<unk>"], vocabulary.Decode([2, 1]));
    }

    [Fact]
    public void A_saved_vocabulary_is_the_same()
    {
        var vocabulary = Vocabulary.Build([.. s_text, "ü", "#", " "]);
        vocabulary.Save(_path);
        var loaded = Vocabulary.Load(_path);
        Assert.Equal(vocabulary, loaded);
        Assert.Equal(vocabulary["ü"], loaded["ü"]);
        File.WriteAllText(_path, "[PAD]\n[UNK]\nword\n");
        Assert.Equal(1, Vocabulary.Load(_path, "[UNK]", "[PAD]").Unknown);
    }

    [Fact]
    public void Bad_input_is_named()
    {
        var vocabulary = Vocabulary.Build(s_text, padding: null);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Vocabulary.Build(null!), []);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => Vocabulary.Build([null!]), []);
        Expect.ErrorHere(DiagnosticIds.NullArgument, () => _ = vocabulary[null!], []);
        Expect.ErrorHere(DiagnosticIds.BadData, () => Vocabulary.Build(["a\nb"]), ["line end"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => Vocabulary.Build(s_text, maxSize: 1), ["maxSize"]);
        Expect.ErrorHere(DiagnosticIds.BadData, () => vocabulary.Encode(s_text, 3), ["no padding"]);
        Expect.ErrorHere(DiagnosticIds.OutOfRange, () => vocabulary.Decode([99]), ["99 of 6"]);
        Expect.ErrorHere(DiagnosticIds.BadData, () => Vocabulary.Load(_path), ["no token '<unk>'"]);
        Expect.ErrorHere(DiagnosticIds.BadData, () => Vocabulary.Load("none.txt"), ["none.txt"]);
        File.WriteAllText(_path, "<pad>\n<unk>\na\na\n");
        Expect.ErrorHere(DiagnosticIds.BadData, () => Vocabulary.Load(_path), ["'a' is there twice"]);
    }
}
