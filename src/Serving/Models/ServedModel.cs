using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>A model of the configuration with its versions. Its users hold the lock of the registry.</summary>
internal sealed class ServedModel(ModelConfig config)
{
    // Ended versions stay in the list, with their error, until there are too many of them.
    private const int MostEnded = 32;

    private HashSet<string> _wanted = new(StringComparer.Ordinal);

    /// <summary>Its part of the configuration.</summary>
    public ModelConfig Config { get; set; } = config;

    /// <summary>All versions, the ended ones too.</summary>
    public List<ModelVersion> Versions { get; } = [];

    /// <summary>Versions by label.</summary>
    public Dictionary<string, long> Labels { get; } = new(StringComparer.Ordinal);

    /// <summary>Why the base path gives no versions, or null.</summary>
    public string? Problem { get; private set; }

    /// <summary>True once the base path has been read, so that what is there is known.</summary>
    public bool IsScanned { get; private set; }

    /// <summary>True when the first attempts to load what is wanted are over.</summary>
    public bool IsSettled => IsScanned && Versions.All(version => !IsWanted(version)
        || version.State is not (VersionState.Start or VersionState.Loading) || Available.Any());

    /// <summary>Versions that answer requests, the highest first.</summary>
    public IEnumerable<ModelVersion> Available =>
        Versions.Where(version => version.State == VersionState.Available).OrderByDescending(version => version.Number);

    /// <summary>Takes note of what is on the disk now. A base path that can't be read changes nothing.</summary>
    public void See(IReadOnlyDictionary<long, string> folders)
    {
        (IsScanned, Problem) = (true, null);
        long[] numbers = [.. VersionFolders.Wanted(Config.ModelVersionPolicy, [.. folders.Keys])];
        if (folders.Count == 0)
        {
            Problem = $"No versions of servable {Config.Name} found under base path {Config.BasePath}. Did you forget to name your leaf directory as a number "
                + "(eg. '/1/')?";
        }
        else if (Config.ModelVersionPolicy?.Specific is { } specific && specific.Versions.FirstOrDefault(number =>
            !folders.ContainsKey(number), -1) is >= 0 and var absent)
        {
            Problem = $"Version {absent} of servable {Config.Name}, which was specifically requested, was not found under base path {Config.BasePath}";
        }

        var wanted = numbers.ToDictionary(number => folders[number], StringComparer.Ordinal);
        foreach (var (folder, number) in wanted)
        {
            // One that was withdrawn and comes back starts over.
            if (!_wanted.Contains(folder) || Versions.All(version => version.Folder != folder))
            {
                Versions.RemoveAll(version => version.Folder == folder && version.State == VersionState.End);
                if (Versions.All(version => version.Folder != folder || version.State == VersionState.Unloading))
                    Versions.Add(new(Config.Name, number, folder, Config.ModelPlatform));
            }
        }

        _wanted = [.. wanted.Keys];
        foreach (var version in Versions.Where(version => version.State is VersionState.Start or VersionState.End && !IsWanted(version)))
            version.GiveUp();
        foreach (var old in Versions.Where(version => version.State == VersionState.End && !IsWanted(version)).SkipLast(MostEnded).ToArray())
            Versions.Remove(old);
    }

    /// <summary>Takes note of a base path that can't be read.</summary>
    public void Miss(string problem) => (IsScanned, Problem) = (true, problem);

    /// <summary>Wants no version any more.</summary>
    public void Withdraw() => See(new Dictionary<long, string>());

    /// <summary>True for a version that the policy wants.</summary>
    public bool IsWanted(ModelVersion version) => _wanted.Contains(version.Folder);

    /// <summary>
    /// The versions to take out of service now, such that one stays while there may be one: what is no longer wanted goes when nothing is wanted,
    /// when a wanted version is available, or when more than one unwanted version is.
    /// </summary>
    public IReadOnlyList<ModelVersion> ToUnload()
    {
        ModelVersion[] unwanted = [.. Available.Where(version => !IsWanted(version)).Reverse()];
        return _wanted.Count == 0 || Available.Any(IsWanted) ? unwanted : unwanted[..Math.Max(0, unwanted.Length - 1)];
    }

    /// <summary>The versions to load now, the highest first.</summary>
    public IReadOnlyList<ModelVersion> ToLoad(DateTimeOffset now) =>
        [.. Versions.Where(version => IsWanted(version) && (version.State == VersionState.Start || (version.State == VersionState.End &&
            version.RetryAt <= now)))
            .OrderByDescending(version => version.Number)];
}
