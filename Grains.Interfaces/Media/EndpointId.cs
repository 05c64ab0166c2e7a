namespace Webphone.Grains.Media;

/// <summary>One leg's media endpoint: the node (silo) that holds it and its number there. Valid until the leg's edge releases it.</summary>
[GenerateSerializer, Immutable]
public readonly record struct EndpointId(string Node, long Number)
{
    public override string ToString() => $"{Node}#{Number}";
}
