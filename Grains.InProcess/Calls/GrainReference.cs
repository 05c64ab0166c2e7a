using Orleans.InProcess;

namespace Orleans.Runtime;

/// <summary>The base of the proxies that stand for grains and observers. Two references are equal if they name the same grain.</summary>
public abstract class GrainReference : IAddressable, IEquatable<GrainReference>
{
    private ICallTarget? _target;

    internal GrainReference(Silo silo, GrainId grainId)
    {
        Silo = silo;
        GrainId = grainId;
    }

    public GrainId GrainId { get; }
    internal Silo Silo { get; }

    public virtual TGrainInterface Cast<TGrainInterface>() where TGrainInterface : IAddressable => (TGrainInterface)Cast(typeof(TGrainInterface));

    public bool Equals(GrainReference? other) => other is not null && GrainId == other.GrainId;
    public override bool Equals(object? obj) => obj is GrainReference other && Equals(other);
    public override int GetHashCode() => GrainId.GetHashCode();
    public sealed override string ToString() => $"GrainReference:{GrainId}";

    public static bool operator ==(GrainReference? reference1, GrainReference? reference2) =>
        reference1 is null ? reference2 is null : reference1.Equals(reference2);

    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) => !(reference1 == reference2);

    internal object Cast(Type interfaceType) => interfaceType.IsInstanceOfType(this) ? this : Proxies.Make(interfaceType, Silo, GrainId);

    /// <summary>What the emitted proxies' methods call.</summary>
    internal Task<TResult> Call<TResult>(Request<TResult> request) => (Task<TResult>)Send(request);

    internal Task CallVoid(Request<object> request) => Send(request);

    internal void CallOneWay(Request<object> request) => Send(request);

    /// <summary>Brings the request to an activation, starting one if need be.</summary>
    internal Task Deliver(Request request)
    {
        if (Silo.Network is { } network)
        {
            request.Promise();
            network.Carry(request);
            return request.Answer;
        }

        while (true)
        {
            var target = _target ??= Silo.Locate(GrainId);
            if (target is null || Silo.IsStopped)
                return Silo.Refuse(request);
            if (target.Receive(request))
                return request.Answer;
            _target = null;
        }
    }

    private Task Send<TResult>(Request<TResult> request)
    {
        request.Silo = Silo;
        request.Target = GrainId;
        request.Sender = RuntimeContext.Current;
        request.Context = RequestContext.Current;
        return Silo.OutgoingFilters.Length == 0 ? Deliver(request) : SendThroughFilters(request);
    }

    private Task SendThroughFilters<TResult>(Request<TResult> request)
    {
        var answer = request.SendThroughFilters(this, Silo.OutgoingFilters);
        return request.Traits.IsOneWay ? Task.CompletedTask : answer;
    }
}
