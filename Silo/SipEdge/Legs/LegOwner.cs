namespace Webphone.Silo.SipEdge.Legs;

/// <summary>The user whose phone a leg goes to or comes from; without an extension it is somebody outside, behind a trunk of the tenant.</summary>
internal readonly record struct LegOwner(string Tenant, string Extension)
{
    public bool IsOutside => Extension.Length == 0;
}
