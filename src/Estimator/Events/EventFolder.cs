namespace TensorGraph;

/// <summary>The curves in the event files of a folder. What was read is kept: only files that are new or have grown are read again.</summary>
internal sealed class EventFolder(string folder)
{
    private readonly Dictionary<string, EventFile> _files = new(StringComparer.Ordinal);

    /// <summary>
    /// Numbers by step and name, of all files in the order in which they were written; of one point that was written twice the later one. Empty where
    /// there is no folder.
    /// </summary>
    public SortedDictionary<long, Dictionary<string, double>> Read()
    {
        string[] paths = DataFile.Try("events", folder, () => Directory.Exists(folder) ? Directory.GetFiles(folder, "*tfevents*") : []);
        foreach (string gone in _files.Keys.Except(paths))
            _files.Remove(gone);
        foreach (string path in paths)
        {
            if (!_files.TryGetValue(path, out var file))
                _files[path] = file = new(path);
            file.Update();
        }

        var points = new SortedDictionary<long, Dictionary<string, double>>();
        foreach (var point in _files.OrderBy(file => file.Value.Written).ThenBy(file => file.Key, StringComparer.Ordinal)
            .SelectMany(file => file.Value.Points).OrderBy(point => point.Time))
        {
            if (!points.TryGetValue(point.Step, out var numbers))
                points[point.Step] = numbers = new(StringComparer.Ordinal);
            numbers[point.Name] = point.Value;
        }

        return points;
    }
}
