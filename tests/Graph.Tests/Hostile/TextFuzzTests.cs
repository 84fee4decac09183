using System.Globalization;

namespace TensorGraph.Tests.Hostile;

/// <summary>Random changes to good texts: the parser reads them or says TG2007, and what it reads holds what every graph holds.</summary>
public sealed class TextFuzzTests
{
    /// <summary>600 texts, 20,000 in the long run, or those of <c>TENSORGRAPH_FUZZ=first:count</c>.</summary>
    [Fact]
    public void Hostile_text_gives_typed_errors_only()
    {
        foreach (int seed in Seeds)
        {
            var random = new Random(seed);
            string text = new TextMutator(random).Mutate(TextCorpus.Pick(random));
            if (Record.Exception(() => TextProperties.Hold(text)) is { } failure)
                Assert.Fail($"seed {seed}: {failure}\n\n{(text.Length < 20_000 ? text : text[..20_000])}");
        }
    }

    [Fact]
    public void The_texts_are_worth_testing()
    {
        string[] texts = [.. Enumerable.Range(1, 300).Select(seed => new Random(seed)).Select(random => new TextMutator(random).Mutate(TextCorpus.Pick(random)))];
        int read = texts.Count(text => TextProperties.Parses(text) is not null);
        Assert.True(read is > 30 and < 200, $"{read} of 300 texts are read");
    }

    private static IEnumerable<int> Seeds => Flags.Get("FUZZ").Split(':') is [var first, var count, ..]
        ? Enumerable.Range(int.Parse(first, CultureInfo.InvariantCulture), int.Parse(count, CultureInfo.InvariantCulture))
        : Enumerable.Range(1, Flags.Number("LONG") == 1 ? 20_000 : 600);
}
