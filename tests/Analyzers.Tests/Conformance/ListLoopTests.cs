namespace TensorGraph.Tests.Conformance;

/// <summary>C# loops over a list of tensors whose elements are assigned where a tensor decides: a branch that is traced but not taken is no change of the list.</summary>
public sealed class ListLoopTests
{
    private static readonly Programs s_programs = new("""
        private static void Put(List<Tensor> items, Tensor x) { if (x > 100) items[0] = x; }
        private static List<Tensor> Picked(Tensor x, Tensor y) { if (x > 3) y = y + 1; return [x, y]; }
        [GraphFunction] public Tensor NotTaken(Tensor x, Tensor y, int mode)
        {
            List<Tensor> items = [x, y, 4];
            foreach (Tensor q in items) { y = y + q; if (x > 100) { items[0] = y; } else { y = y + 1; } }
            return y * 10 + items[0];
        }
        [GraphFunction] public Tensor LeftByTheAssignment(Tensor x, Tensor y, int mode)
        {
            List<Tensor> items = [x, y, 4];
            foreach (Tensor q in items) { if (q > 3) { items[0] = q + 1; break; } y = y + q; }
            return y * 10 + items[0];
        }
        [GraphFunction] public Tensor AfterAReturn(Tensor x, Tensor y, int mode)
        {
            List<Tensor> items = [x, y];
            if (x > -100) return y;
            foreach (Tensor q in items) items[0] = q - 1;
            return items[0];
        }
        [GraphFunction] public Tensor ByAHelper(Tensor x, Tensor y, int mode)
        {
            List<Tensor> items = [x, y];
            foreach (Tensor q in items) { Put(items, q); y = y + q; }
            return y * 10 + items[0];
        }
        [GraphFunction] public Tensor CarriedUnchanged(Tensor x, Tensor y, int mode)
        {
            List<Tensor> items = [x, y];
            Func<Tensor, Tensor> put = v => { items[0] = v; return v; };
            y = put(y);
            foreach (Tensor q in items) { foreach (Tensor e in Ops.Stack([x, y], 0)) y = y + e; y = y + q; }
            return y;
        }
        [GraphFunction] public Tensor ThroughAnInterface(Tensor x, Tensor y, int mode)
        {
            List<Tensor> items = [x, y];
            IEnumerable<Tensor> seen = items;
            foreach (Tensor q in seen) { if (x > 100) { items[1] = q; } y = y + q; }
            return y * 10 + items[0];
        }
        [GraphFunction] public Tensor OfACall(Tensor x, Tensor y, int mode)
        {
            foreach (Tensor q in Picked(x, y)) { if (q > 3) y = y + q; }
            return y;
        }
        [GraphFunction] public Tensor AddedTo(Tensor x, Tensor y, int mode)
        {
            List<Tensor> items = [x, y];
            foreach (Tensor q in items) { if (mode == 3) items.Add(q); if (x > 100) { items[0] = q; } y = y + q; }
            return y;
        }
        """);

    public static TheoryData<string> Names => s_programs.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Traced_equals_imperative(string method) => s_programs.AssertEqual(method);
}
