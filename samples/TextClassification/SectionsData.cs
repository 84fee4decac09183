using TensorGraph;

namespace TextClassification;

/// <summary>A text and the number of its class.</summary>
public sealed record LabelledText(string Text, int Label);

/// <summary>4,796 one-line descriptions of Debian packages and the sections that these are in.</summary>
public sealed record SectionsData(IReadOnlyList<string> Classes, IReadOnlyList<LabelledText> Train, IReadOnlyList<LabelledText> Test)
{
    public static string DefaultPath => Path.Combine(AppContext.BaseDirectory, "data", "debian-sections.tsv.gz");

    /// <summary>Reads the file. It is shuffled: the first 80 % are for training, the rest for testing.</summary>
    public static SectionsData Load(string path)
    {
        (string Label, string Text)[] rows = [.. Dataset.FromCsv(path, row => (row["label"], row["text"]), delimiter: '\t', hasQuotes: false)];
        string[] classes = [.. rows.Select(row => row.Label).Distinct().Order(StringComparer.Ordinal)];
        LabelledText[] texts = [.. rows.Select(row => new LabelledText(row.Text, Array.IndexOf(classes, row.Label)))];
        int train = texts.Length * 4 / 5;
        return new(classes, texts[..train], texts[train..]);
    }
}
