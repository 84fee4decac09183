using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TensorGraph.Ir;

namespace TensorGraph.Recording;

/// <summary>
/// The files of a recording. Whole lines are appended and whole files replaced, so that a process that is killed leaves a folder that can be read. A
/// disk that is full or gone ends the recording, not the program.
/// </summary>
internal sealed class RecordingFolder : IDisposable
{
    private readonly Lock _gate = new();
    private FileStream? _events;

    private RecordingFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Makes <c>root/run-1</c>, or the first that no other process has made.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static RecordingFolder Create(string root, RecordingHeader header)
    {
        // The program may go to another directory.
        root = System.IO.Path.GetFullPath(root);
        for (int i = 1; ; i++)
        {
            var folder = new RecordingFolder(System.IO.Path.Combine(root, string.Create(CultureInfo.InvariantCulture, $"run-{i}")));
            Directory.CreateDirectory(folder.Path);
            if (!folder.Claim(header))
                continue;
            // Others may read while it is written.
            folder._events = new FileStream(folder.In(RecordingFormat.Events), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            return folder;
        }
    }

    /// <summary>Appends a line.</summary>
    public void Append(RecordingEvent line) => Write(() =>
    {
        byte[] bytes = JsonSerializer.SerializeToUtf8Bytes(line, RecordingJson.Readable.RecordingEvent);
        Array.Resize(ref bytes, bytes.Length + 1);
        bytes[^1] = (byte)'\n';
        _events!.Write(bytes);
    });

    /// <summary>Replaces a file, whole or not at all.</summary>
    public void Replace<T>(string name, T content, JsonTypeInfo<T> type) => Write(() =>
    {
        string next = In(name + ".next");
        using (var file = File.Create(next))
            JsonSerializer.Serialize(file, content, type);
        File.Move(next, In(name), overwrite: true);
    });

    /// <summary>Adds a line to a file.</summary>
    public void Append(string name, string line) => Write(() => File.AppendAllText(In(name), line + "\n"));

    /// <summary>Writes a text and returns its path in the folder.</summary>
    public string Write(string folder, string name, Action<TextWriter> content)
    {
        Write(() =>
        {
            Directory.CreateDirectory(In(folder));
            using var writer = new StreamWriter(In($"{folder}/{name}"), append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
            content(writer);
        });
        return $"{folder}/{name}";
    }

    /// <summary>Writes a graph and returns its path in the folder.</summary>
    public string Write(string folder, string name, Ir.Graph graph) =>
        Write(folder, name, writer => writer.Write(Printer.Print(graph, withSources: true)));

    public void Dispose()
    {
        lock (_gate)
        {
            _events?.Dispose();
            _events = null;
        }
    }

    // A header that is there is whole: others read the folder while this one is made.
    private bool Claim(RecordingHeader header)
    {
        string file = In(RecordingFormat.Header), next = In($"{RecordingFormat.Header}.{Guid.NewGuid():n}");
        if (File.Exists(file))
            return false;
        File.WriteAllBytes(next, JsonSerializer.SerializeToUtf8Bytes(header, RecordingJson.Readable.RecordingHeader));
        try
        {
            File.Move(next, file, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(next);
            return false;
        }
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);

    private void Write(Action write)
    {
        lock (_gate)
        {
            if (_events is null)
                return;
            try
            {
                write();
            }
            catch (Exception fault)
            {
                // Whatever is wrong with the disk must not fail the call that is recorded.
                Dispose();
                GraphFunctions.Say($"The recording in {Path} ends here: {fault.Message}");
            }
        }
    }
}
