using System.Text;
using TensorGraph.Backends.Commands;

namespace TensorGraph.Backends.Gpu;

/// <summary>Folds of sliding windows: an item for each.</summary>
internal static class WindowLaunches
{
    /// <summary>Folds the elements of each window; padding is no element.</summary>
    public static IEnumerable<KernelLaunch> Of(WindowCommand c)
    {
        long items = Extents.Product(c.Sizes);
        if (items == 0) return [];
        int rank = c.Sizes.Length;
        ElementType type = ElementType.Of(c.X.DType);
        string text = c.Fold switch
        {
            WindowFold.Sum => $"best = {(type.IsFloat ? "best + x[place]" : $"add_{type.Value}(best, x[place])")};",
            _ => $"if (found < 0 || x[place] > best{(type.IsFloat ? " || (x[place] != x[place] && best == best)" : "")}) {{ best = x[place]; found = place; }}",
        };
        string best = c.Fold == WindowFold.Sum ? $"{type.Sum} best = 0;" : $"{type.Value} best = {type.Number(c.X.DType, c.Empty)};";
        string result = c.Fold == WindowFold.ArgMax ? "((GLOBAL i64*)(a1 + g.offsets[1]))[i] = found;" : "((GLOBAL T*)(a1 + g.offsets[1]))[i] = (T)best;";
        string source = $$"""
            // window {{c.Fold}} {{c.X.DType.Name()}}
            typedef {{type.Memory}} T;
            typedef struct
            {
                i64 offsets[2], items, sizes[{{rank}}], result[{{rank}}], window[{{rank}}], stride[{{rank}}], dilation[{{rank}}], low[{{rank}}];
            } geometry;
            KERNEL run(const geometry g, GLOBAL const u8* a0, GLOBAL u8* a1)
            {
                i64 i = GLOBAL_ID, found = -1;
                if (i >= g.items) return;
                i64 rest = i, first[{{rank}}];
                for (i32 axis = {{rank - 1}}; axis >= 0; rest /= g.result[axis], axis--)
                    first[axis] = rest % g.result[axis] * g.stride[axis] - g.low[axis];
                GLOBAL const T* x = (GLOBAL const T*)(a0 + g.offsets[0]);
                {{best}}
            {{Loops(rank, text)}}    {{result}}
            }

            """;
        long[] geometry =
            [c.X.Offset * c.X.DType.Size(), 0, items, .. c.X.Sizes, .. c.Sizes, .. c.Window, .. c.Stride, .. c.Dilation, .. c.Low];
        return [KernelLaunch.Items(source, [c.X.Slot, c.Result], geometry, items)];
    }

    // The taps of a window, row-major; those in the padding are left out.
    private static string Loops(int rank, string body)
    {
        var text = new StringBuilder();
        string place = "0";
        for (int axis = 0; axis < rank; axis++)
        {
            string indent = new(' ', 4 * (axis + 1));
            text.Append($$"""
                {{indent}}for (i64 k{{axis}} = 0; k{{axis}} < g.window[{{axis}}]; k{{axis}}++)
                {{indent}}{
                {{indent}}    i64 at{{axis}} = first[{{axis}}] + k{{axis}} * g.dilation[{{axis}}];
                {{indent}}    if (at{{axis}} < 0 || at{{axis}} >= g.sizes[{{axis}}]) continue;

                """);
            place = axis == 0 ? "at0" : $"({place}) * g.sizes[{axis}] + at{axis}";
        }
        string inner = new(' ', 4 * (rank + 1));
        text.Append(inner).Append("i64 place = ").Append(place).Append(";\n").Append(inner).Append(body).Append('\n');
        for (int axis = rank - 1; axis >= 0; axis--) text.Append(' ', 4 * (axis + 1)).Append("}\n");
        return text.ToString();
    }
}
