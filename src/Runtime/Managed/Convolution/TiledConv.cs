using System.Numerics;
using System.Runtime.CompilerServices;
using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Managed;

/// <summary>
/// Convolution by register tiles: positions × outputs, with the outputs in the lanes. Weights are packed once for a call, [channels·taps, outputs];
/// the elements that the taps see are read from the image where they lie and broadcast, so the matrix of patches never exists. The gradient by the
/// weights is the same computation, with batch and channels exchanged and the gradient of the result as weights.
/// Each element of the result is summed in an order that depends on channels and taps alone: <see cref="DepthBlock"/> products in a register, a
/// few blocks one after the other, many in pairs, chunks one after the other.
/// </summary>
internal sealed unsafe class TiledConv
{
    // Products that are summed in one register.
    private const int DepthBlock = 256;

    // Blocks beyond which halves are summed apart.
    private const int LongSum = 32;

    // Rows of packed weights, of 32 outputs each, that stay in the second-level cache while tiles pass.
    private const int ChunkDepth = 4096;

    // Rows of the window that lie in the padding are left out when less than this remains.
    private const double WorthSkipping = 0.85;

    // Sums of a unit of work that wait for the next chunk, in bytes.
    private const long PartialSums = 1 << 20;

    private readonly ConvSpace _space;
    private readonly bool _isBatchFolded;
    private readonly DType _dtype;
    private readonly int _lanes;
    private readonly int _width;
    private readonly ConvImage _image;
    private readonly ConvTiling _tiling;
    private readonly int _blockChannels;
    private readonly int _chunkChannels;
    private readonly nint[] _offsets;
    private readonly bool _isByRow;
    private readonly MicroKernelCode?[] _kernels;

    public TiledConv(ConvSpace space, DType dtype)
    {
        _dtype = dtype;
        int size = dtype.Size();
        int bits = _width = RegisterBits(space, dtype);
        _lanes = bits / 8 / size;
        int rows = MicroKernel.MaxRows(bits);
        // The images lie at equal distances: with few positions in each, a tile goes over several.
        _isBatchFolded = space is { Groups: 1, Depth: { Size: 1, Window: 1, Result: 1, Low: 0 } } && space.Positions <= rows / 2;
        _space = space = _isBatchFolded ? space with { Batch = 1, Depth = ConvAxis.None with { Size = space.Batch, Result = space.Batch } } : space;
        _image = new(space, _isBatchFolded, size);
        _tiling = new(space, _image, rows);
        _blockChannels = Math.Clamp(DepthBlock / space.Taps, 1, space.Channels);
        _chunkChannels = Math.Clamp(ChunkDepth / space.Taps / _blockChannels * _blockChannels, _blockChannels, space.Channels);
        // Then a tile takes a range of the products, for the price of packing the weights in another order.
        _isByRow = IsOneChunk && _tiling.Seen(space.Taps / space.Width.Window) < WorthSkipping;
        _offsets = _image.TapOffsets(_isByRow ? space.Channels : _blockChannels, _isByRow);
        _kernels = new MicroKernelCode?[_tiling.Shapes.Length * MicroKernel.MaxVectors];
    }

    /// <summary>Few outputs fill a narrower register than the machine's.</summary>
    public static int RegisterBits(ConvSpace space, DType dtype)
    {
        int bits = LaneSet.MachineWidth;
        while (bits > 128 && space.Outputs * dtype.Size() * 8 <= bits / 2) bits /= 2;
        return bits;
    }

    private int Depth => _space.Channels * _space.Taps;

    private int Block => Math.Min(MicroKernel.MaxVectors, (_space.Outputs + _lanes - 1) / _lanes) * _lanes;

    // Outputs with the lanes of the last block that hold none.
    private int Padded => (_space.Outputs + _lanes - 1) / _lanes * _lanes;

    private int TileBytes => MicroKernel.MaxRows(_width) * Block * _dtype.Size();

    private bool IsOneChunk => _chunkChannels == _space.Channels;

    public void Run<T>(WorkerPool workers, T* x, T* weights, T* result)
        where T : unmanaged, INumber<T>
    {
        int threads = (int)Math.Clamp(_space.Products / CommandTime.ConvPart, 1, workers.Threads);
        using var scratch = Scratch.Rent((long)sizeof(T) * _space.Groups * Depth * Padded + 64);
        T* packed = (T*)scratch.Take((long)sizeof(T) * _space.Groups * Depth * Padded);
        using var ordered = Scratch.Rent(_isByRow ? (long)sizeof(T) * _space.Groups * _space.Outputs * Depth + 64 : 0);
        if (_isByRow) weights = OrderByRow(weights, (T*)ordered.Take((long)sizeof(T) * _space.Groups * _space.Outputs * Depth));
        Pack(workers, threads, weights, packed);

        long images = (long)_space.Batch * _space.Groups;
        // A unit is some whole images, or a part of the tiles of one.
        int parts = (int)Math.Clamp(2 * threads / images, 1, threads == 1 ? 1 : _tiling.Tiles.Length);
        long together = IsOneChunk ? 1 : Math.Clamp(
            Math.Min(images / (2 * threads), PartialSums / ((long)_space.Positions * Padded * sizeof(T))), 1, images);
        long units = (images + together - 1) / together * parts;
        workers.Run((int)Math.Min(threads, units), part =>
        {
            long share = Math.Min(threads, units);
            for (long unit = units * part / share; unit < units * (part + 1) / share; unit++)
            {
                long first = unit / parts * together;
                int tiles = _tiling.Tiles.Length, at = (int)(unit % parts);
                RunUnit(x, packed, result, first, Math.Min(images, first + together), tiles * at / parts, tiles * (at + 1) / parts);
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private T* OrderByRow<T>(T* weights, T* ordered)
        where T : unmanaged
    {
        int window = _space.Width.Window;
        for (long output = 0; output < (long)_space.Groups * _space.Outputs; output++)
        {
            for (int channel = 0; channel < _space.Channels; channel++)
            {
                for (int tap = 0; tap < _space.Taps; tap += window, weights += window)
                {
                    T* to = ordered + output * Depth + _space.ByRow(channel, tap);
                    for (int x = 0; x < window; x++) to[x] = weights[x];
                }
            }
        }
        return ordered;
    }

    // [group][block of outputs][channel·tap][lane].
    private void Pack<T>(WorkerPool workers, int threads, T* weights, T* packed)
        where T : unmanaged
    {
        const int Slice = 1024;
        int blocks = (_space.Outputs + Block - 1) / Block, slices = (Depth + Slice - 1) / Slice;
        int all = _space.Groups * blocks * slices;
        int parts = Math.Min(all, threads);
        workers.Run(parts, part =>
        {
            for (int i = (int)((long)all * part / parts); i < (int)((long)all * (part + 1) / parts); i++)
            {
                int group = i / (blocks * slices), first = i / slices % blocks * Block, from = i % slices * Slice;
                int count = Math.Min(Block, _space.Outputs - first), pitch = Math.Min(Block, Padded - first);
                Packing.Pack(
                    weights + ((long)group * _space.Outputs + first) * Depth + from, Depth, 1,
                    packed + (long)group * Depth * Padded + (long)first * Depth + (long)from * pitch, count, pitch, Math.Min(Slice, Depth - from));
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunUnit<T>(T* x, T* packed, T* result, long firstImage, long endImage, int firstTile, int endTile)
        where T : unmanaged, INumber<T>
    {
        long copy = _image.IsInPlace ? 0 : _chunkChannels * _image.ChannelBytes;
        long sums = IsOneChunk ? 0 : (endImage - firstImage) * _space.Positions * Padded * sizeof(T);
        int tiles = 1 + BitOperations.Log2((uint)(Blocks(_chunkChannels) / LongSum + 1)) + 1;
        using var scratch = Scratch.Rent(copy + sums + tiles * TileBytes + 192);
        T* tile = (T*)scratch.Take(tiles * TileBytes);
        T* copied = (T*)scratch.Take(copy);
        T* partial = (T*)scratch.Take(sums);
        ConvTile last = _tiling.Tiles[endTile - 1];
        (long, long) lines = _image.LinesSeen(_tiling.Tiles[firstTile].Position, last.Position + _tiling.Rows(last));
        for (int channel = 0; channel < _space.Channels; channel += _chunkChannels)
        {
            int channels = Math.Min(_chunkChannels, _space.Channels - channel);
            for (long image = firstImage; image < endImage; image++)
            {
                T* from = x + image * _space.Channels * _space.ImageSize;
                if (!_image.IsInPlace) _image.Copy(from, channel, channels, lines, copied);
                byte* elements = _image.IsInPlace ? (byte*)from + channel * _image.ChannelBytes : (byte*)copied;
                T* weights = packed + image % _space.Groups * Depth * Padded;
                for (int output = 0; output < _space.Outputs; output += Block)
                {
                    int pitch = Math.Min(Block, Padded - output);
                    T* rows = weights + (long)output * Depth + (long)channel * _space.Taps * pitch;
                    for (int i = firstTile; i < endTile; i++)
                    {
                        ConvTile at = _tiling.Tiles[i];
                        RunTile(at, elements + at.Image, (byte*)rows, (byte*)tile, channels, pitch);
                        if (IsOneChunk)
                        {
                            Store(tile, pitch, at, result, image, output);
                            continue;
                        }
                        T* sum = partial + ((image - firstImage) * _space.Positions * Padded) + (long)output * _space.Positions + at.Position * pitch;
                        int count = _tiling.Rows(at) * pitch;
                        if (channel == 0) new Span<T>(tile, count).CopyTo(new Span<T>(sum, count));
                        else PairwiseLoop.AddTo(sum, tile, count);
                        if (channel + channels == _space.Channels) Store(sum, pitch, at, result, image, output);
                    }
                }
            }
        }
    }

    // Blocks of products in a number of channels: a block is some whole channels, or a part of one.
    private int Blocks(int channels) => (channels + _blockChannels - 1) / _blockChannels * BlocksOfGroup;

    private int BlocksOfGroup => (_blockChannels * _space.Taps + DepthBlock - 1) / DepthBlock;

    // tile = Σ over some channels.
    private void RunTile(ConvTile at, byte* elements, byte* weights, byte* tile, int channels, int pitch)
    {
        MicroKernelCode kernel = _kernels[at.Shape * MicroKernel.MaxVectors + pitch / _lanes - 1] ??=
            MicroKernel.Gathering(_tiling.Shapes[at.Shape], pitch / _lanes, _dtype, _width);
        nint stride = pitch * _dtype.Size();
        fixed (nint* offsets = _offsets)
        {
            if (_isByRow)
            {
                int row = _space.Channels * _space.Width.Window, from = at.FirstRow * row, end = at.EndRow * row;
                if (from == end) new Span<byte>(tile, TileBytes).Clear();
                for (int k = from; k < end; k += DepthBlock)
                    kernel(elements, weights + k * stride, tile, Math.Min(DepthBlock, end - k), stride, stride, k == from ? 0 : 1, offsets + k);
                return;
            }
            RunBlocks(new(kernel, elements, weights, offsets, channels, stride), 0, Blocks(channels), tile);
        }
    }

    private readonly struct TileRun(MicroKernelCode kernel, byte* elements, byte* weights, nint* offsets, int channels, nint stride)
    {
        public readonly MicroKernelCode Kernel = kernel;
        public readonly byte* Elements = elements;
        public readonly byte* Weights = weights;
        public readonly nint* Offsets = offsets;
        public readonly int Channels = channels;
        public readonly nint Stride = stride;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RunBlocks(in TileRun run, int from, int to, byte* tile)
    {
        if (to - from > LongSum)
        {
            // Two halves, the second one in the next tile of the scratch memory.
            int middle = (from + to) / 2;
            byte* rest = tile + TileBytes;
            RunBlocks(run, from, middle, tile);
            RunBlocks(run, middle, to, rest);
            if (_dtype == DType.F32) PairwiseLoop.AddTo((float*)tile, (float*)rest, TileBytes / sizeof(float));
            else PairwiseLoop.AddTo((double*)tile, (double*)rest, TileBytes / sizeof(double));
            return;
        }
        for (int block = from; block < to; block++)
        {
            int channel = block / BlocksOfGroup * _blockChannels, k = block % BlocksOfGroup * DepthBlock;
            int depth = Math.Min(DepthBlock, Math.Min(_blockChannels, run.Channels - channel) * _space.Taps - k);
            run.Kernel(
                run.Elements + channel * _image.ChannelBytes, run.Weights + ((long)channel * _space.Taps + k) * run.Stride, tile,
                depth, run.Stride, run.Stride, block == from ? 0 : 1, run.Offsets + k);
        }
    }

    // A tile is positions × outputs; the result is outputs × positions.
    private void Store<T>(T* tile, int pitch, ConvTile at, T* result, long image, int output)
        where T : unmanaged
    {
        int rows = _tiling.Rows(at), count = Math.Min(pitch, _space.Outputs - output);
        if (!_isBatchFolded)
        {
            T* first = result + (image * _space.Outputs + output) * _space.Positions + at.Position;
            Packing.Transpose(tile, pitch, first, _space.Positions, rows, count);
            return;
        }
        int perImage = _space.Positions / _space.Depth.Result;
        for (int row = 0; row < rows; row++, tile += pitch)
        {
            int position = at.Position + row;
            T* to = result + ((long)(position / perImage) * _space.Outputs + output) * perImage + position % perImage;
            for (int i = 0; i < count; i++) to[(long)i * perImage] = tile[i];
        }
    }
}
