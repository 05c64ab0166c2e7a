using Orleans.InProcess;

namespace Orleans.Runtime;

/// <summary>The base of the proxies that stand for grains and observers. Two references are equal if they name the same grain.</summary>
public abstract class GrainReference : IAddressable, IEquatable<GrainReference>
{
    private readonly Silo _silo;

    internal GrainReference(Silo silo, GrainId grainId)
    {
        _silo = silo;
        GrainId = grainId;
    }

    public GrainId GrainId { get; }

    public virtual TGrainInterface Cast<TGrainInterface>() where TGrainInterface : IAddressable => (TGrainInterface)Cast(typeof(TGrainInterface));

    public bool Equals(GrainReference? other) => other is not null && GrainId == other.GrainId;
    public override bool Equals(object? obj) => obj is GrainReference other && Equals(other);
    public override int GetHashCode() => GrainId.GetHashCode();
    public sealed override string ToString() => $"GrainReference:{GrainId}";

    public static bool operator ==(GrainReference? reference1, GrainReference? reference2) =>
        reference1 is null ? reference2 is null : reference1.Equals(reference2);

    public static bool operator !=(GrainReference? reference1, GrainReference? reference2) => !(reference1 == reference2);

    internal object Cast(Type interfaceType) => interfaceType.IsInstanceOfType(this) ? this : _silo.References.Make(interfaceType, GrainId);
}
