[TracedTwin("F")] [global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]
    public Tensor __F_Traced(Tensor x)
    {
        Tensor total = 0;
        Tensor Clip(Tensor v)
        {
            global::TensorGraph.Tensor __result1 = GraphControl.Undefined;
            var __if1 = GraphControl.If(v > 3, (total, __result1), Carried.Tensors("total", "return value"));
            if (__if1.Then())
            {
                __result1 = 3;
                __if1.EndThen((total, __result1));
            }
            (total, __result1) = __if1.Before;
            if (__if1.Else())
            {
                __result1 = v;
                __if1.EndElse((total, __result1));
            }
            __if1.End();
            (total, __result1) = __if1.Result;
            return __result1;
        }
        
        Action<Tensor> add = v =>
        {
            var __if2 = GraphControl.If(v > 0, total, Carried.Tensor("total"));
            if (__if2.Then())
            {
                total = total + v;
                __if2.EndThen(total);
            }
            __if2.End();
            total = __if2.Result;
        }
        ;
        add(x);
        return Clip(x) + total;
    }
}
