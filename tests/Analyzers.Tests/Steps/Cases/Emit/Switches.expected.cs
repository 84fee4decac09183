[TracedTwin("F")] [global::System.ComponentModel.EditorBrowsable(global::System.ComponentModel.EditorBrowsableState.Never)]
    public Tensor __F_Traced(Tensor x, int mode)
    {
        switch (mode)
        {
            case 0:
            {
                var __if1 = GraphControl.If(x > 3, x, Carried.Tensor("x"));
                if (__if1.Then())
                {
                    __if1.EndThen(x);
                }
                x = __if1.Before;
                if (__if1.Else())
                {
                    x = x + 1;
                    __if1.EndElse(x);
                }
                __if1.End();
                x = __if1.Result;
                break;
            }
            default:
            {
                x = -x;
                break;
                break;
            }
        }
        var __value1 = mode;
        global::TensorGraph.Tensor __taken1 = GraphControl.False;
        {
            if (__value1 is int k)
            {
                var __case1 = GraphControl.If(GraphControl.AndAlso(GraphControl.NoneOf(__taken1), () => x > k), (x, __taken1), Carried.Tensors("x", "__taken1"));
                if (__case1.Then())
                {
                    __taken1 = GraphControl.True;
                    x = x - k;
                    __case1.EndThen((x, __taken1));
                }
                __case1.End();
                (x, __taken1) = __case1.Result;
            }
        }
        {
            
            {
                var __case2 = GraphControl.If(GraphControl.NoneOf(__taken1), (x, __taken1), Carried.Tensors("x", "__taken1"));
                if (__case2.Then())
                {
                    __taken1 = GraphControl.True;
                    x = x * 2;
                    __case2.EndThen((x, __taken1));
                }
                __case2.End();
                (x, __taken1) = __case2.Result;
            }
        }
        return x;
    }
}
