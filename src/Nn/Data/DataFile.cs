using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace TensorGraph;

/// <summary>Files that datasets read. All that is wrong with one is TG1006 with its path.</summary>
internal static class DataFile
{
    /// <summary>Opens a file, unzipped while it is read when its name ends in .gz.</summary>
    public static Stream Open(string step, string path) => Try<Stream>(step, path, () =>
    {
        var file = File.OpenRead(path);
        try
        {
            return path.EndsWith(".gz", StringComparison.Ordinal) ? new UnzippedStream(file) : file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    });

    public static T Try<T>(string step, string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException
        or NotSupportedException)
        {
            if (IsFull(fault))
            {
                throw new GraphException(DiagnosticIds.BadData, $"{step}: '{path}' can't be written: {fault.Message.TrimEnd('.')}",
                    "Make room on the disk, or choose a folder on another one.", Ir.SourceSpan.Capture(), fault);
            }

            throw Bad(step, path, fault is FileNotFoundException or DirectoryNotFoundException ? "it does not exist" : fault.Message.TrimEnd('.'), fault);
        }
    }

    // No space left, or more than the user may have: ENOSPC and EDQUOT, ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.
    private static bool IsFull(Exception fault) => fault is IOException && (OperatingSystem.IsWindows()
        ? fault.HResult is unchecked((int)0x80070027) or unchecked((int)0x80070070) : fault.HResult is 28 or 122 or 69);

    public static void Try(string step, string path, Action action) => Try(step, path, () =>
    {
        action();
        return true;
    });

    /// <summary>
    /// Writes a file: into another one beside it, which takes its place once it is on the disk, so that there is never half a file.
    /// </summary>
    public static void Replace(string path, Action<Stream> write)
    {
        string? unfinished = null;
        try
        {
            using (var file = LeftFiles.Create(path))
            {
                unfinished = file.Name;
                write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, path, overwrite: true);
        }
        finally
        {
            if (unfinished is not null)
                File.Delete(unfinished);
        }
    }

    /// <summary>True for text that a file holds as it is; half a surrogate pair would come back as another character.</summary>
    public static bool IsText(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;

    public static GraphException Bad(string step, string path, string problem, Exception? cause = null) => new(
        DiagnosticIds.BadData, $"{step}: '{path}' can't be used: {problem}", "Give the path of a file of this kind that is complete.",
        Ir.SourceSpan.Capture(), cause);

    /// <summary>
    /// The content of a gzip file. The framework takes a file that is cut short for one that ends there, so the length in the last four bytes is
    /// compared at the end (RFC 1952).
    /// </summary>
    private sealed class UnzippedStream : Stream
    {
        private readonly GZipStream _content;
        private readonly uint _wanted;
        private uint _read;

        public UnzippedStream(FileStream file)
        {
            Span<byte> length = stackalloc byte[4];
            file.Position = Math.Max(0, file.Length - length.Length);
            file.ReadExactly(length);
            file.Position = 0;
            _wanted = BinaryPrimitives.ReadUInt32LittleEndian(length);
            _content = new(file, CompressionMode.Decompress);
        }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            int read = _content.Read(buffer);
            _read = unchecked(_read + (uint)read);
            if (read == 0 && buffer.Length > 0 && _read != _wanted)
                throw new InvalidDataException("it is cut short or damaged, or has several parts");
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _content.Dispose();
            base.Dispose(disposing);
        }
    }
}
