using Orleans.Runtime;
namespace Orleans.InProcess;
internal sealed class Silo { internal References References { get; } = new(); }
internal sealed class References { private int _n; public object Make(Type t, GrainId id) => throw new InvalidOperationException($"{t}{id}{_n++}"); }
internal interface ICallTarget;
internal sealed class Activation { private Guid _g; public void EnterReentrantSection(Guid id) => _g = id; public void LeaveReentrantSection(Guid id) => _g = id; }
