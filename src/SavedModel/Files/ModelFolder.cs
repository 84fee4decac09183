using System.Security.Cryptography;

namespace TensorGraph;

/// <summary>
/// The folder of a saved model: <c>saved_model.json</c>, and a folder with all other files that it names. A new model gets a new content folder; the
/// rename of the one file is what replaces the old model.
/// </summary>
internal static class ModelFolder
{
    public const string ManifestName = "saved_model.json", Variables = "variables.safetensors", Assets = "assets/";

    // Two saves of one program to one folder would both take the same model for the one that they replace.
    private static readonly Lock s_replace = new();

    public static string Producer => $"TensorGraph.SavedModel {typeof(ModelFolder).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>True for the path of a file below a folder: no root, no step up, no other system's separators.</summary>
    public static bool IsName(string name) => DataFile.IsText(name) && name.Split('/').All(part =>
        part.Length > 0 && part.Trim('.').Length > 0 && !part.Any(c => c is '\\' or ':' or '"' or '<' or '>' or '|' or '*' or '?' || char.IsControl(c)));

    /// <summary>Writes a model.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="fill">Adds the files and describes the model.</param>
    public static void Write(string path, Func<ModelContent, Manifest> fill) => DataFile.Try(ModelWriter.Step, path, () =>
    {
        string root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), id = $"{Guid.NewGuid():n}";
        bool isNew = !Directory.Exists(root);
        // A new folder appears at once; in one that is there already, the new files are beside the old ones until the manifest is replaced.
        string target = isNew ? $"{root}.{id}{LeftFolders.Unfinished}" : root, content = Path.Combine(target, $"{LeftFolders.Content}{id}");
        bool isDone = false;
        string above = Path.GetDirectoryName(root) ?? root;
        Directory.CreateDirectory(above);
        LeftFolders.Delete(root, content => MayUse(root, content));
        using var claim = LeftFolders.Claim(isNew ? target : content);
        try
        {
            Directory.CreateDirectory(content);
            var files = new ModelContent(content);
            var manifest = fill(files);
            files.Flush();
            DiskFolder.Flush(target);
            lock (s_replace)
            {
                // Another save may have made the folder meanwhile.
                bool isFirst = isNew && !Directory.Exists(root);
                string beside = Path.Combine(root, Path.GetFileName(content));
                using var moved = isNew && !isFirst ? LeftFolders.Claim(beside) : null;
                if (moved is not null)
                    DiskFolder.Move(content, beside);
                var old = isFirst ? null : TryRead(root);
                DiskFolder.Replace(Path.Combine(isFirst ? target : root, ManifestName), manifest.ToFile());
                if (isFirst)
                    DiskFolder.Move(target, root);
                isDone = isFirst || !isNew;
                if (old is not null && IsName(old.Content))
                    TryDelete(Path.Combine(root, old.Content));
            }
        }
        finally
        {
            string rest = isNew ? target : content;
            if (!isDone && Directory.Exists(rest))
                Directory.Delete(rest, recursive: true);
        }
    });

    /// <summary>Paths of the assets of the model in a folder, by name.</summary>
    public static IReadOnlyDictionary<string, string> AssetsOf(string path)
    {
        var (manifest, files) = Read(path, ReadManifest(path));
        return AssetsOf(manifest, files);
    }

    /// <summary>Paths of the assets of a model that was read, by name.</summary>
    public static OrderedDictionary<string, string> AssetsOf(Manifest manifest, Func<string, string> files) => new(
        manifest.Files.Where(file => file.Name.StartsWith(Assets, StringComparison.Ordinal))
            .Select(file => new KeyValuePair<string, string>(file.Name[Assets.Length..], files(file.Name))), StringComparer.Ordinal);

    // A model that can't be read, by this version, is not to lose its files.
    private static bool MayUse(string root, string content) => File.Exists(Path.Combine(root, ManifestName)) && TryRead(root)?.Content is var used
        && (used is null || used == content);

    /// <summary>The bytes of the manifest.</summary>
    public static byte[] ReadManifest(string path) => RegularFile.ReadAll(Path.Combine(Path.GetFullPath(path), ManifestName));

    /// <summary>True when a save replaced the model since its manifest was read.</summary>
    public static bool IsReplaced(string path, byte[] manifest)
    {
        try
        {
            return !ReadManifest(path).AsSpan().SequenceEqual(manifest);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Reads the manifest and checks all files; returns it with the paths of the files by name.</summary>
    /// <exception cref="InvalidDataException">Something is damaged.</exception>
    public static (Manifest Manifest, Func<string, string> Files) Read(string path, byte[] bytes)
    {
        string root = Path.GetFullPath(path);
        var manifest = Manifest.FromFile(bytes);
        if (!IsName(manifest.Content) || manifest.Content.Contains('/', StringComparison.Ordinal))
            throw new InvalidDataException($"its content can't be in '{manifest.Content}'");
        string content = Path.Combine(root, manifest.Content);
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in manifest.Files)
        {
            if (!IsName(file.Name) || !files.TryAdd(file.Name, Path.Combine(content, file.Name)))
                throw new InvalidDataException($"it lists the file '{file.Name}', which is {(IsName(file.Name) ? "listed twice" : "no file below it")}");
            Check(file, content);
        }

        return (manifest, name => files.TryGetValue(name, out string? found) ? found : throw new InvalidDataException($"it has no file '{name}'"));
    }

    private static void Check(ManifestFile file, string content)
    {
        string at = content;
        foreach (string part in file.Name.Split('/').Prepend(""))
        {
            at = Path.Combine(at, part);
            if (new FileInfo(Path.TrimEndingDirectorySeparator(at)).LinkTarget is not null)
                throw new InvalidDataException($"its file '{file.Name}' is a link");
        }

        if (!RegularFile.IsOne(at))
            throw new InvalidDataException($"its file '{file.Name}' is no regular file");
        using var bytes = File.OpenRead(at);
        if (bytes.Length != file.Bytes)
            throw new InvalidDataException($"its file '{file.Name}' has {bytes.Length} bytes, and not {file.Bytes}");
        if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != file.Sha256)
            throw new InvalidDataException($"its file '{file.Name}' does not have the checksum that it was written with");
    }

    // The new model is in its place: files of the old one that can't be deleted are no error of the save.
    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
        }
    }

    // What is damaged is replaced.
    private static Manifest? TryRead(string root)
    {
        try
        {
            return File.Exists(Path.Combine(root, ManifestName)) ? Manifest.FromFile(ReadManifest(root)) : null;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}

/// <summary>The files of a model that is being written.</summary>
internal sealed class ModelContent(string folder)
{
    private readonly List<ManifestFile> _files = [];
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    /// <summary>Waits until the names of the files are on the disk.</summary>
    public void Flush()
    {
        foreach (string path in _folders)
            DiskFolder.Flush(path);
    }

    /// <summary>Name of the folder.</summary>
    public string Name => Path.GetFileName(folder);

    public ManifestFile[] Files => [.. _files];

    /// <summary>Writes a file, waits until it is on the disk, and notes its checksum.</summary>
    public void Add(string name, Action<string> write)
    {
        string path = Path.Combine(folder, name);
        string below = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(below);
        for (string at = below; at.Length >= folder.Length; at = Path.GetDirectoryName(at)!)
            _folders.Add(at);
        write(path);
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        DiskFolder.Flush(file);
        _files.Add(new(name, file.Length, Convert.ToHexStringLower(SHA256.HashData(file))));
    }
}
