using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Lowering;

/// <summary>
/// Finds commands that run tile by tile: batched products with the loops around them, where what lies between them is large and nothing else reads
/// it. Attention and its gradient are such.
/// </summary>
internal sealed class TilePlan(List<Command> commands, List<Slot> slots)
{
    /// <summary>Rows of a matrix under which no tile begins.</summary>
    public const long LeastRows = 16;

    // What lies between the products, in bytes: less is in the cache as it is. Units that threads may share, so that they need no part of a product.
    private const long LeastBytes = 4 << 20;
    private const long LeastUnits = 4;

    // Products of a matrix under which the steps of a tile cost more than they bring.
    private const long LeastProducts = 1 << 15;

    // A value that later tiles read is made again there rather than kept, if it has so many bytes: more than a third-level cache holds.
    private const long RepeatedBytes = 32 << 20;

    // Commands in between that belong to something else.
    private const int MostBetween = 16;

    private readonly List<object> _order = [];
    private TileGroup[] _groups = [];

    /// <summary>The commands with those of tiles as one; slots of values that are not in memory as a whole get the kind <see cref="SlotKind.Tile"/>.
    /// </summary>
    public Command[] Run()
    {
        Group();
        _groups = [.. _order.OfType<TileGroup>()];
        if (_groups.Length == 0) return [.. commands];
        for (int later = 1; later < _groups.Length; later++)
        {
            for (int earlier = 0; earlier < later; earlier++) _groups[later] = Repeat(_groups[earlier], _groups[later]);
        }
        int next = 0;
        return [.. _order.SelectMany(item => item is TileGroup ? Emit(_groups[next++]) : [(Command)item])];
    }

    private void Group()
    {
        for (int at = 0; at < commands.Count;)
        {
            if (TileGroup.Start(commands[at], slots) is not { } group)
            {
                _order.Add(commands[at++]);
                continue;
            }
            var search = new Search(commands, at, group);
            if (group.Parts.Count < 2 || !Pays(group))
            {
                _order.Add(commands[at++]);
                continue;
            }
            _order.AddRange(search.Before);
            _order.Add(group);
            _order.AddRange(search.After);
            at = search.End;
        }
    }

    private bool Pays(TileGroup group)
    {
        var seed = (DotCommand)group.Parts[0].Command;
        return seed.M * seed.N * seed.K >= LeastProducts && group.Space.Units >= LeastUnits
            && group.RowSlots.Where(slot => slots[slot].Kind == SlotKind.Arena).Sum(slot => slots[slot].Layout.Bytes) >= LeastBytes;
    }

    /// <summary>Grows a group by the commands after its first one.</summary>
    private sealed class Search
    {
        public Search(List<Command> commands, int start, TileGroup group)
        {
            List<Command> before = [], after = [];
            int settled = 0;
            End = start + 1;
            for (int at = End; at < commands.Count && at - End < MostBetween; at++)
            {
                Command command = commands[at];
                if (command is not (LoopCommand or DotCommand or FillCommand or CountCommand or ReadVariableCommand)) break;
                bool isLate = after.Exists(other => Depends(command, other));
                if (!isLate && group.IsBeside(command) && group.TryAdd(command))
                {
                    Before.AddRange(before);
                    before.Clear();
                    settled = after.Count;
                    End = at + 1;
                    continue;
                }
                isLate |= command.Writes.Any(group.Touches) || command.Reads.Any(group.Writes);
                (isLate ? after : before).Add(command);
            }
            After = after[..settled];
        }

        /// <summary>Commands in between that run before the group.</summary>
        public List<Command> Before { get; } = [];

        /// <summary>Commands in between that run after the group.</summary>
        public List<Command> After { get; }

        /// <summary>The command after the last one of the group.</summary>
        public int End { get; }

        private static bool Depends(Command command, Command before) =>
            command.Reads.Any(before.Writes.Contains) || command.Writes.Any(slot => before.Writes.Contains(slot) || before.Reads.Contains(slot));
    }

    // Makes large values of an earlier group again in a later one, if nothing else reads them.
    private TileGroup Repeat(TileGroup from, TileGroup to)
    {
        if (from.Space.Matrices != to.Space.Matrices || from.Space.Rows != to.Space.Rows) return to;
        int[] wanted = [.. from.RowSlots.Where(slot => slots[slot].Kind == SlotKind.Arena && slots[slot].Layout.Bytes >= RepeatedBytes
            && to.Touches(slot) && IsOnlyIn(slot, from, to))];
        if (wanted.Length == 0) return to;
        var needed = new HashSet<int>(wanted);
        var copied = new List<Command>();
        foreach (var (command, _) in from.Parts.Reverse())
        {
            if (!command.Writes.Any(needed.Contains)) continue;
            needed.UnionWith(command.Reads.Where(slot => from.RowSlots.Contains(slot)));
            copied.Insert(0, command);
        }
        Dictionary<int, int> names = copied.SelectMany(command => command.Writes).Distinct().ToDictionary(slot => slot, slot =>
        {
            slots.Add(new Slot(slots[slot].Kind, slots[slot].Layout));
            return slots.Count - 1;
        });
        Command[] all = [.. copied.Concat(to.Parts.Select(part => part.Command)).Select(command => Renamed(command, names))];
        TileGroup? repeated = TileGroup.Start(all[0], slots);
        return repeated is not null && all.Skip(1).All(repeated.TryAdd) ? repeated : to;
    }

    private static Command Renamed(Command command, Dictionary<int, int> names)
    {
        int Name(int slot) => names.GetValueOrDefault(slot, slot);
        return command switch
        {
            LoopCommand c => new LoopCommand(
                c.Nest, Array.ConvertAll(c.Slots, Name), Array.ConvertAll(c.Folds, fold => fold with { Slot = Name(fold.Slot) }))
            {
                Origin = c.Origin,
            },
            DotCommand c => new DotCommand(
                c.DType, c.A with { Slot = Name(c.A.Slot) }, c.B with { Slot = Name(c.B.Slot) }, Name(c.Result), c.Batch, c.M, c.N, c.K)
            {
                Origin = c.Origin,
            },
            _ => command,
        };
    }

    private Command[] Emit(TileGroup group)
    {
        Command[] parts = [.. group.Parts.Select(part => part.Command)];
        int[] inside = [.. group.RowSlots.Where(slot => slots[slot].Kind == SlotKind.Arena && IsOnlyIn(slot, group))];
        if (inside.Sum(slot => slots[slot].Layout.Bytes) < LeastBytes) return parts;
        TileSpace space = group.Space;
        var local = new Slot[slots.Count];
        for (int slot = 0; slot < local.Length; slot++)
        {
            local[slot] = Array.IndexOf(inside, slot) < 0 ? new Slot(SlotKind.Input, slots[slot].Layout) : new Slot(SlotKind.Arena,
                TensorLayout.Of(new TensorType(DType.U8, new Shape(space.Height * group.RowBytes(slot)))));
        }
        long bytes = MemoryPlan.Assign(local, parts, [], Schedule.InOrder);
        foreach (int slot in inside) slots[slot].Kind = SlotKind.Tile;
        TileValue[] values = Array.ConvertAll(inside, slot => new TileValue(slot, group.RowBytes(slot), local[slot].Offset));
        return [new TileCommand([.. group.Parts], space, values, bytes) { Origin = [.. parts.SelectMany(part => part.Origin)] }];
    }

    private bool IsOnlyIn(int slot, params TileGroup[] groups) =>
        !_order.Exists(item => item is Command command && (command.Reads.Contains(slot) || command.Writes.Contains(slot)))
        && !Array.Exists(_groups, group => !groups.Contains(group) && group.Touches(slot));
}
