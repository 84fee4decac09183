using System.Globalization;
using TensorGraph.Protocol.TensorflowServing;

namespace TensorGraph.Serving;

/// <summary>The folders of versions under a base path, and which of them a policy wants.</summary>
internal static class VersionFolders
{
    /// <summary>Versions by number. Of <c>1</c> and <c>001</c> the name that sorts last counts.</summary>
    /// <exception cref="IOException">The base path is missing or can't be read.</exception>
    public static SortedDictionary<long, string> In(string basePath)
    {
        var found = new SortedDictionary<long, string>();
        try
        {
            foreach (string folder in Directory.EnumerateDirectories(basePath).Order(StringComparer.Ordinal))
            {
                // A name with a sign or a space is no number.
                if (long.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                    found[number] = folder;
            }
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new IOException(fault.Message, fault);
        }

        return found;
    }

    /// <summary>The versions that a policy wants of those that are there; without one the latest.</summary>
    public static IEnumerable<long> Wanted(ServableVersionPolicy? policy, IReadOnlyCollection<long> there)
    {
        if (policy?.All is not null)
            return there;
        if (policy?.Specific is { } specific)
            return specific.Versions.Where(there.Contains);
        return there.OrderDescending().Take(Math.Max(1, (int)Math.Min(policy?.Latest?.NumVersions ?? 1, int.MaxValue)));
    }
}
