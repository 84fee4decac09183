private Tensor _held = 0f;
private Tensor Held { get { if (_held > 3) return _held; return -_held; } set { if (value > 3) _held = value; } }
private Tensor this[int k] { get => _held > k ? _held : k; }

[GraphFunction]
public Tensor F(Tensor x)
{
    Held = x;
    Held += 1;
    return Held + this[2];
}
