using System.Text;

namespace TensorGraph;

/// <summary>
/// Elements in a file: a header with the element's type and the start, the elements, and a mark at the end. It is written under another name and
/// gets its own one when it is complete.
/// </summary>
internal sealed class FileStore<T>(string path) : CacheStore<T>
{
    private const string Header = "TensorGraph cache 1";
    private const int EndMark = -1;

    private static readonly string s_type = typeof(T).ToString();

    private long[]? _start;

    protected override long[]? Filled
    {
        get
        {
            if (!File.Exists(path))
                return _start = null;
            if (_start is null)
            {
                using var reader = Open();
                _start = ReadHeader(reader);
            }

            return _start;
        }
    }

    public override CacheWriter<T> Fill(long[] start) => new Writer(this, path, start);

    protected override Cursor<T> Read() => new Reader(this);

    // A file that takes its place meanwhile changes nothing for who reads it.
    private BinaryReader Open() =>
        new(Guarded(() => new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete)), Encoding.UTF8);

    private long[] ReadHeader(BinaryReader reader) => Guarded(() =>
    {
        if (reader.ReadString() != Header)
            throw new InvalidDataException("it is not a cache");
        string type = reader.ReadString();
        if (type != s_type)
            throw new InvalidDataException($"its elements are {type}, those of the dataset {s_type}");
        int count = reader.ReadInt32();
        if (count < 0 || count > (reader.BaseStream.Length - reader.BaseStream.Position) / sizeof(long))
            throw new InvalidDataException("its header is damaged");
        return Enumerable.Range(0, count).Select(_ => reader.ReadInt64()).ToArray();
    });

    private TResult Guarded<TResult>(Func<TResult> read) => DataFile.Try("cache", path, read);

    private sealed class Reader : Cursor<T>
    {
        private readonly FileStore<T> _store;
        private readonly BinaryReader _reader;
        private bool _isEnded;

        public Reader(FileStore<T> store)
        {
            (_store, _reader) = (store, store.Open());
            try
            {
                store.ReadHeader(_reader);
            }
            catch
            {
                _reader.Dispose();
                throw;
            }
        }

        public override bool MoveNext()
        {
            if (NextLength() is not { } length)
                return false;
            Current = _store.Guarded(() => Element(_reader.ReadBytes(length)));
            return true;
        }

        public override bool Skip()
        {
            if (NextLength() is not { } length)
                return false;
            _reader.BaseStream.Position += length;
            return true;
        }

        // The step counts.
        public override void Save(PositionWriter to)
        {
        }

        public override void Dispose() => _reader.Dispose();

        // Null at the end mark.
        private int? NextLength()
        {
            if (_isEnded)
                return null;
            int length = _store.Guarded(() =>
            {
                int next = _reader.ReadInt32();
                return next == EndMark || (next >= 0 && next <= _reader.BaseStream.Length - _reader.BaseStream.Position) ? next
                    : throw new InvalidDataException("it is cut short or damaged");
            });
            _isEnded = length == EndMark;
            return _isEnded ? null : length;
        }

        private static T Element(byte[] bytes)
        {
            using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
            int count = reader.ReadByte();
            return Structure.Restore<T>([.. Enumerable.Range(0, count).Select(_ => Tensor.From(LiteralBytes.Read(reader)))]);
        }
    }

    private sealed class Writer : CacheWriter<T>
    {
        private readonly FileStore<T> _store;
        private readonly string _path;
        private readonly string _unfinished;
        private readonly long[] _start;
        private readonly BinaryWriter _writer;

        public Writer(FileStore<T> store, string path, long[] start)
        {
            (_store, _path, _start) = (store, path, start);
            _unfinished = $"{path}.{Guid.NewGuid():N}.tmp";
            _writer = new(DataFile.Try("cache", path, () => File.Create(_unfinished)), Encoding.UTF8);
            _writer.Write(Header);
            _writer.Write(s_type);
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
            DataFile.Try("cache", _path, () =>
            {
                _writer.Write((int)bytes.Length);
                _writer.Write(bytes.GetBuffer(), 0, (int)bytes.Length);
            });
        }

        public override void Complete() => DataFile.Try("cache", _path, () =>
        {
            _writer.Write(EndMark);
            _writer.Dispose();
            _store.Take(_start, () =>
            {
                File.Move(_unfinished, _path, overwrite: true);
                _store._start = _start;
            });
        });

        public override void Dispose()
        {
            _writer.Dispose();
            File.Delete(_unfinished);
        }
    }
}
