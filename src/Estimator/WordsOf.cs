namespace TensorGraph;

/// <summary>Moves the entries of a variable to the places of their words.</summary>
internal static class WordsOf
{
    /// <summary>True when both shapes have an entry for each word, and are alike otherwise. TG1017 for words that are there twice.</summary>
    public static bool Fit(VocabularyMap map, string path, Shape variable, Shape value)
    {
        foreach (var words in new[] { Throw.IfNull(Throw.IfNull(map, path).Words), Throw.IfNull(map.WordsInFile) })
        {
            if (words.GroupBy(word => Throw.IfNull(word), StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
                Misuse.Raise(WarmStart.Step, $"a vocabulary of '{path}' has '{twice.Key}' twice", "Give each word one entry.");
        }

        return map.Axis >= 0 && map.Axis < variable.Rank && variable.Rank == value.Rank && variable.With(map.Axis, 1) == value.With(map.Axis, 1)
            && variable[map.Axis].Value >= map.Words.Count && value[map.Axis].Value >= map.WordsInFile.Count;
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
