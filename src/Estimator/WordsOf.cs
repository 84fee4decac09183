namespace TensorGraph;

/// <summary>Moves the entries of a variable to the places of their words.</summary>
internal static class WordsOf
{
    /// <summary>The reason why the entries can't move; null when they can. TG1002 null, TG1017 words that are there twice.</summary>
    public static string? Misfit(VocabularyMap map, string path, Shape variable, Shape value)
    {
        foreach (var words in new[] { Throw.IfNull(map.Words, nameof(map.Words)), Throw.IfNull(map.WordsInFile, nameof(map.WordsInFile)) })
        {
            if (words.GroupBy(word => Throw.IfNull(word), StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
                Misuse.Raise(WarmStart.Step, $"a vocabulary of '{path}' has '{twice.Key}' twice", "Give each word one entry.");
        }

        if (map.Axis < 0 || map.Axis >= variable.Rank)
            return $"it has no axis {map.Axis} for the words";
        if (variable.Rank != value.Rank || variable.With(map.Axis, 1) != value.With(map.Axis, 1))
            return "the shapes differ along other axes than that of the words";
        if (variable[map.Axis].Value < map.Words.Count)
            return $"there are {map.Words.Count} words for its {variable[map.Axis]} entries";
        return value[map.Axis].Value < map.WordsInFile.Count ? $"there are {map.WordsInFile.Count} words for the {value[map.Axis]} entries of the file" : null;
    }

    public static Tensor Moved(VocabularyMap map, Tensor current, Tensor value)
    {
        var places = map.WordsInFile.Index().ToDictionary(entry => entry.Item, entry => entry.Index, StringComparer.Ordinal);
        // Entries of the file, then those of the model.
        long ofFile = value.Shape[map.Axis].Value;
        long[] from = [.. Enumerable.Range(0, (int)current.Shape[map.Axis].Value)
            .Select(i => i < map.Words.Count && places.TryGetValue(map.Words[i], out int place) ? place : ofFile + i)];
        return Ops.Gather(Ops.Concat([value, current], map.Axis), Tensor.From(from), map.Axis);
    }
}
