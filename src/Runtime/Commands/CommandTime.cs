using TensorGraph.Backends.Loops;
using TensorGraph.Passes;

namespace TensorGraph.Backends.Commands;

/// <summary>
/// A rough estimate of the time that commands take, in nanoseconds, to decide which of them run side by side. The constants are those of one core of
/// 2020 with vectors of 512 bits; only their proportions matter much.
/// </summary>
/// <param name="Alone">With all threads for a kernel that splits its work.</param>
/// <param name="OnOneThread">On one thread.</param>
internal readonly record struct CommandTime(double Alone, double OnOneThread)
{
    /// <summary>Elements × instructions of a loop under which a second thread costs more than it brings.</summary>
    public const long LoopPart = 1 << 18;

    /// <summary>As <see cref="LoopPart"/>: products of a matrix product.</summary>
    public const long DotPart = 1 << 20;

    /// <summary>As <see cref="LoopPart"/>: products of a convolution.</summary>
    public const long ConvPart = 1 << 18;

    /// <summary>As <see cref="LoopPart"/>: elements that windows read.</summary>
    public const long WindowPart = 1 << 16;

    // What each part of a split kernel takes at least, and what splitting it costs.
    private const double Part = 20_000;
    private const double Splitting = 2_000;

    private const double PerCommand = 100;
    private const double PerElement = 0.5;
    private const double PerSorted = 50;
    private const double PerHostElement = 20;

    public static CommandTime operator +(CommandTime left, CommandTime right) => new(left.Alone + right.Alone, left.OnOneThread + right.OnOneThread);

    public static CommandTime operator *(double times, CommandTime time) => new(times * time.Alone, times * time.OnOneThread);

    /// <summary>The time of a command on a device with some threads.</summary>
    public static CommandTime Of(Command command, Slot[] slots, int threads)
    {
        return command switch
        {
            LoopCommand c => c.Nest.SplitAxis < 0 ? Kernel(Weight(c) / LoopPart * Part) : Kernel(Weight(c) / LoopPart * Part, c.Nest.Work / LoopPart),
            // Integers have no packed product; only a batch of theirs is split.
            DotCommand { DType: DType.F32 or DType.F64 } c => Split(Products(c), DotPart, long.MaxValue, c.DType == DType.F64 ? 2 : 1),
            DotCommand c => Split(Products(c), DotPart, Extents.Product(c.Batch), 20),
            ConvCommand { Space: var s } => Split(s.Products, ConvPart, long.MaxValue),
            WindowCommand c => Split((double)Extents.Product(c.Sizes) * Extents.Product(c.Window), WindowPart, long.MaxValue),
            SortCommand c => Kernel(PerSorted * c.Space.Outer * c.Space.Count * c.Space.Inner),
            ArgCommand or CumSumCommand => Kernel(PerElement * Elements(command.Reads)),
            BlockCommand c => Kernel(PerElement * Extents.Product(c.Block)),
            ScatterAddCommand c => Kernel(PerElement * c.Updates.Count),
            GatherCommand or RandomBitsCommand or FillCommand or CountCommand or StartCommand => Kernel(PerElement * Elements(command.Writes)),
            HostCommand => Kernel(PerHostElement * (Elements(command.Reads) + Elements(command.Writes))),
            BranchCommand c => c.Regions.Select(region => region.Time).Aggregate(
                Kernel(0), (most, time) => new(Math.Max(most.Alone, time.Alone), Math.Max(most.OnOneThread, time.OnOneThread))),
            WhileCommand c => (double)(c.Trips ?? TripCount.Guess) * (c.Condition.Time + c.Body.Time),
            ScanCommand c => (double)c.Length * c.Body.Time,
            SizedCommand c => c.First.Time,
            TileCommand c => Kernel(c.Parts.Sum(part => Of(part.Command, slots, 1).OnOneThread), c.Space.Units),
            _ => Kernel(0),
        };

        CommandTime Kernel(double time, long parts = 1)
        {
            time += PerCommand;
            parts = Math.Clamp(parts, 1, threads);
            return new(parts == 1 ? time : time / parts + Splitting, time);
        }

        CommandTime Split(double products, long part, long mostParts, double weight = 1) =>
            Kernel(weight * products / part * Part, Math.Min(mostParts, (long)Math.Min(products / part, threads)));

        double Elements(int[] of) => of.Sum(slot => slots[slot].Layout.Type.IsList ? 0 : (double)slots[slot].Layout.Count);
    }

    private static double Products(DotCommand c) => (double)Extents.Product(c.Batch) * c.M * c.N * c.K;

    private static double Weight(LoopCommand c) =>
        (double)Extents.Product(c.Nest.Extents) * c.Nest.Kernel.Body.Sum(Weight) * (c.Nest.Kernel.LaneSize == 8 ? 2 : 1);

    // Functions are series of products.
    private static double Weight(LoopInstruction instruction) => instruction.Op switch
    {
        "load" or "store" or "add" or "sub" or "mul" or "neg" or "abs" or "min" or "max" or "at_least" or "at_most" or "select" or "cast" => 1,
        "exp" or "log" or "tanh" or "pow" or "sin" or "cos" or "tan" or "erf" or "normal_cdf" or "expm1" or "log1p" => 10,
        _ => 2,
    };
}
