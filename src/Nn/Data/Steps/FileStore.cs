using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace TensorGraph;

/// <summary>
/// Elements in a file: a header with the element's type, the steps ahead of the cache and the start, the elements, each with its checksum, and a mark
/// at the end. It is written under another name and gets its own one when it is complete.
/// </summary>
internal sealed class FileStore<T>(string path, string steps) : CacheStore<T>
{
    private const string Header = "TensorGraph cache 2";
    private const int EndMark = -1;

    private static readonly string s_type = typeof(T).ToString();

    public override CacheWriter<T> Fill(long[] start) => new Writer(path, steps, start);

    protected override (Cursor<T> Elements, long[] Start)? Read()
    {
        if (!File.Exists(path))
            return null;
        var reader = new Reader(path, steps);
        return (reader, reader.Start);
    }

    protected override long[]? StartOfContent()
    {
        if (!File.Exists(path))
            return null;
        using var reader = new Reader(path, steps);
        return reader.Start;
    }

    private static long[] ReadHeader(BinaryReader reader, string steps)
    {
        if (reader.ReadString() != Header)
            throw new InvalidDataException("it is not a cache of this version");
        foreach (var (own, what) in new[] { (s_type, "elements are"), (steps, "steps are") })
        {
            string found = reader.ReadString();
            if (found != own)
                throw new InvalidDataException($"its {what} {found}, those of the dataset {own}");
        }

        int count = reader.ReadInt32();
        if (count < 0 || count > (reader.BaseStream.Length - reader.BaseStream.Position) / sizeof(long))
            throw new InvalidDataException("its header is damaged");
        return [.. Enumerable.Range(0, count).Select(_ => reader.ReadInt64())];
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte one in bytes)
            sum = BitOperations.Crc32C(sum, one);
        return sum;
    }

    private sealed class Reader : Cursor<T>
    {
        private readonly string _path;
        private readonly BinaryReader _reader;
        private bool _isEnded;

        public Reader(string path, string steps)
        {
            _path = path;
            // A file that takes its place meanwhile changes nothing for who reads it.
            _reader = new(Guarded(() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete)), Encoding.UTF8);
            try
            {
                Start = Guarded(() => ReadHeader(_reader, steps));
            }
            catch
            {
                _reader.Dispose();
                throw;
            }
        }

        /// <summary>The start of the iteration that the elements are of.</summary>
        public long[] Start { get; }

        public override bool MoveNext() => Move(length =>
        {
            uint sum = _reader.ReadUInt32();
            byte[] bytes = _reader.ReadBytes(length);
            if (Checksum(bytes) != sum)
                throw new InvalidDataException("an element does not have the checksum that was saved");
            using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
            int count = reader.ReadByte();
            Current = Structure.Restore<T>([.. Enumerable.Range(0, count).Select(_ => Tensor.From(LiteralBytes.Read(reader)))]);
        });

        public override bool Skip() => Move(length => _reader.BaseStream.Position += sizeof(uint) + length);

        // The step counts.
        public override void Save(PositionWriter to)
        {
        }

        public override void Dispose() => _reader.Dispose();

        private bool Move(Action<int> take) => !_isEnded && Guarded(() =>
        {
            int length = _reader.ReadInt32();
            _isEnded = length == EndMark;
            if (_isEnded)
                return false;
            if (length < 0 || length > _reader.BaseStream.Length - _reader.BaseStream.Position - sizeof(uint))
                throw new InvalidDataException("it is cut short or damaged");
            take(length);
            return true;
        });

        private TResult Guarded<TResult>(Func<TResult> read) => DataFile.Try("cache", _path, read);
    }

    private sealed class Writer : CacheWriter<T>
    {
        private readonly string _path;
        private readonly FileStream _file;
        private readonly BinaryWriter _writer;

        public Writer(string path, string steps, long[] start)
        {
            _path = path;
            _file = DataFile.Try("cache", path, () => LeftFiles.Create(path));
            _writer = new(_file, Encoding.UTF8);
            _writer.Write(Header);
            _writer.Write(s_type);
            _writer.Write(steps);
            _writer.Write(start.Length);
            foreach (long number in start)
                _writer.Write(number);
        }

        public override void Add(T element)
        {
            var bytes = new MemoryStream();
            using var writer = new BinaryWriter(bytes, Encoding.UTF8);
            var leaves = Structure.Flatten(element);
            writer.Write((byte)leaves.Length);
            foreach (var leaf in leaves)
                LiteralBytes.Write(writer, leaf.ToLiteral());
            writer.Flush();
            ReadOnlySpan<byte> written = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
            uint sum = Checksum(written);
            DataFile.Try("cache", _path, () =>
            {
                _writer.Write((int)bytes.Length);
                _writer.Write(sum);
                _writer.Write(bytes.GetBuffer(), 0, (int)bytes.Length);
            });
        }

        public override void Put() => DataFile.Try("cache", _path, () =>
        {
            _writer.Write(EndMark);
            _writer.Flush();
            _file.Flush(flushToDisk: true);
            _writer.Dispose();
            File.Move(_file.Name, _path, overwrite: true);
        });

        public override void Dispose()
        {
            try
            {
                _writer.Dispose();
            }
            catch (IOException)
            {
                // What is buffered does not get onto a full disk; that has been said already.
            }

            _file.Dispose();
            DataFile.Try("cache", _path, () => File.Delete(_file.Name));
        }
    }
}
