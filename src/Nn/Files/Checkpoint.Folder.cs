using System.Globalization;

namespace TensorGraph;

/// <content>The files of a folder, for programs that did not write them.</content>
public sealed partial class Checkpoint
{
    /// <summary>How often a folder is looked into.</summary>
    internal static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The file of the latest step in a folder; null when there is none. It is not read: a damaged one shows when it is restored. Errors: TG1002
    /// null, TG1006 when the folder can't be read. Source: tf.train.latest_checkpoint.
    /// </summary>
    /// <param name="folder">Folder of the files.</param>
    public static string? Latest(string folder) => FilesIn(Check.NotNull(folder)).FirstOrDefault();

    /// <summary>
    /// Waits for a file of a later step than one that is known. Errors: as <see cref="Latest"/>. Source: tf.train.checkpoints_iterator.
    /// </summary>
    /// <param name="folder">Folder of the files; it may be missing at first.</param>
    /// <param name="after">The file that is known; null for none.</param>
    /// <param name="timeout">How long to wait; null or <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <param name="time">The clock; that of the system when null.</param>
    /// <param name="cancellation">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    /// <returns>The latest file, or null after the time.</returns>
    public static async Task<string?> WaitAsync(
        string folder, string? after = null, TimeSpan? timeout = null, TimeProvider? time = null, CancellationToken cancellation = default)
    {
        time ??= TimeProvider.System;
        long start = time.GetTimestamp(), known = after is null ? -1 : StepOf(after) ?? -1;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Latest(folder) is { } latest && StepOf(latest) > known)
                return latest;
            if (timeout != Timeout.InfiniteTimeSpan && time.GetElapsedTime(start) >= timeout)
                return null;
            await Task.Delay(Poll, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The step in the name of a file; null for another file. Errors: TG1002 null.</summary>
    /// <param name="path">The file.</param>
    public static long? StepOf(string path)
    {
        string name = Path.GetFileName(Check.NotNull(path));
        int digits = name.Length - Prefix.Length - Suffix.Length;
        return digits > 0 && name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(Prefix.Length, digits), NumberStyles.None, CultureInfo.InvariantCulture, out long step) ? step : null;
    }

    private static string[] FilesIn(string folder) => DataFile.Try("checkpoint", folder, () => Directory.Exists(folder)
        ? [.. Directory.GetFiles(folder, $"{Prefix}*{Suffix}").Where(file => StepOf(file) is not null).OrderByDescending(StepOf)]
        : Array.Empty<string>());
}
