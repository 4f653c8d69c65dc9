"""Tests of hotlead, mirrored on the packages; every test says in words what is so."""
